"""The server: Streamlit as one ASGI app with our headers, our outlines and settings that a local user can trust.

Without sign-in it listens on loopback only, whatever it is asked. Nothing it sends names another host, and the browser
is told to load from nowhere else.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import os
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from streamlit import file_util

from dashboard.charts import outlines as area_outlines
from dashboard.errors import RefusedError, UsageError
from dashboard.privacy.panels import check_in_force
from dashboard.warehouse.connect import open_published

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send
    from streamlit.starlette import App

_APP = Path(__file__).with_name("app.py")
_OUTLINE_PATH = "/outlines/{level}/{states}.json"
_STATES = re.compile(r"[A-Z]{2}(-[A-Z]{2}){0,59}")
# Outlines change with a release of this program only.
_OUTLINE_CACHE = "public, max-age=86400"


def _inline_script_hashes() -> str:
    """CSP hashes of the scripts written into Streamlit's own index.html, so that no other inline script may run."""
    page = Path(file_util.get_static_dir(), "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)


# Streamlit's front end sets styles from script, makes blob: workers and data: images; it needs no other host and no
# eval (its chart library runs on the expression interpreter).
_POLICY = "; ".join(
    (
        "default-src 'self'",
        f"script-src 'self' 'wasm-unsafe-eval' {_inline_script_hashes()}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class SecurityHeaders:
    """ASGI middleware that adds `HEADERS` to every HTTP response, replacing what is already there."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._names = {name.encode() for name in HEADERS}
        self._pairs = [(name.encode(), value.encode()) for name, value in HEADERS.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and add the headers when a response starts."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(k, v) for k, v in message.get("headers", []) if k.lower() not in self._names]
                message = {**message, "headers": [*kept, *self._pairs]}
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def settings(port: int, host: str) -> dict[str, object]:
    """Streamlit's options: quiet, local, strict, without error details; and the theme."""
    from dashboard.components import theme

    return {
        "server.port": port,
        "server.address": host,
        "server.headless": True,
        "server.allowedHosts": ["localhost", "127.0.0.1", "[::1]", "::1"],
        "server.enableCORS": True,
        "server.enableXsrfProtection": True,
        "server.xsrfCookieSameSite": "strict",
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "server.enableStaticServing": False,
        "server.enableAgentApi": False,
        "server.maxUploadSize": 1,
        "server.showEmailPrompt": False,
        "browser.gatherUsageStats": False,
        "browser.serverAddress": "localhost",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "client.toolbarMode": "viewer",
        "logger.hideWelcomeMessage": True,
        **theme.settings(),
    }


async def outlines(request: Request) -> Response:
    """GeoJSON of the asked states' areas, cached by the browser; 404 for anything that is not such a list."""
    level, states = request.path_params["level"], request.path_params["states"]
    if level not in area_outlines.LEVELS or not _STATES.fullmatch(states):
        return PlainTextResponse("No such outlines.", status_code=404)
    body = area_outlines.joined(level, tuple(states.split("-")))
    return Response(body, media_type="application/geo+json", headers={"cache-control": _OUTLINE_CACHE})


def application() -> App:
    """The ASGI app: Streamlit, the outlines' route, the headers."""
    import streamlit as st
    from streamlit.runtime.pages_manager import PagesManager

    # Beside a folder named pages/, Streamlit would take a link to a page for a script of that folder and run it instead
    # of app.py, until the first navigation of the process; a browser test follows such a link first.
    PagesManager.uses_pages_directory = False
    return st.App(_APP, routes=[Route(_OUTLINE_PATH, outlines)], middleware=[Middleware(SecurityHeaders)])


def serve(warehouse: Path, port: int, host: str = "127.0.0.1") -> None:
    """Serve the dashboard over `warehouse` until stopped.

    Raises RefusedError for an address that others can reach and for an expired policy record, UsageError for a busy
    port, InputError without a warehouse.
    """
    _refuse_strangers(host)
    open_published(warehouse).close()
    check_in_force(warehouse)
    check_port(host, port)
    os.environ["CAREPARITY_WAREHOUSE"] = str(warehouse.absolute())
    print(f"CareParity: http://localhost:{port} (local use, not signed in; stop with Ctrl+C)", flush=True)  # noqa: T201
    application().run(config=settings(port, host))


def _refuse_strangers(host: str) -> None:
    try:
        is_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise RefusedError(
            where="--host",
            what="without sign-in the dashboard listens on this machine only",
            found=f"'{host}'",
            do="Use 127.0.0.1, or put it behind a tunnel that signs people in",
        )


def check_port(host: str, port: int) -> None:
    """Raise UsageError, in one sentence, when `port` can't be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise UsageError(
                where=f"--port {port}",
                what="the port is busy or not allowed",
                do="Stop what uses it, or choose another",
            ) from None
