"""The server listens to this machine only, and every answer carries the headers that keep it so."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from streamlit import config

from dashboard import server
from dashboard.errors import InputError, RefusedError, UsageError


def answer(path: str) -> tuple[int, dict[str, str], bytes]:
    """Ask the outlines' route behind the headers, without a network."""
    app = Starlette(
        routes=[Route("/outlines/{level}/{states}.json", server.outlines)],
        middleware=[Middleware(server.SecurityHeaders)],
    )
    sent: list[dict[str, object]] = []

    async def ask() -> None:
        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b""}
        await app({**scope, "headers": [], "scheme": "http", "server": ("localhost", 80)}, receive, send)  # type: ignore[arg-type]

    asyncio.run(ask())
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}  # type: ignore[attr-defined]
    body = b"".join(message["body"] for message in sent[1:])  # type: ignore[misc]
    return int(str(sent[0]["status"])), headers, body


def test_outlines_are_cached_and_carry_the_headers() -> None:
    status, headers, body = answer("/outlines/county/NH-VT.json")
    assert status == 200
    assert headers["cache-control"].startswith("public, max-age=")
    assert len(json.loads(body)["features"]) == 24
    assert {name: headers[name] for name in server.HEADERS} == server.HEADERS


@pytest.mark.parametrize("path", ["/outlines/county/nh.json", "/outlines/tract/NH.json", "/outlines/county/..%2f.json"])
def test_other_outlines_do_not_exist(path: str) -> None:
    status, headers, _ = answer(path)
    assert status == 404
    assert "content-security-policy" in headers


def test_the_policy_names_no_other_host() -> None:
    words = server.HEADERS["content-security-policy"].replace(";", "").split()
    assert not [word for word in words if "." in word or "//" in word or word == "*"]
    assert "'unsafe-eval'" not in words
    assert "script-src 'self' 'wasm-unsafe-eval' 'sha256-" in server.HEADERS["content-security-policy"]


def test_every_setting_exists_and_is_strict() -> None:
    settings = server.settings(8501, "127.0.0.1")
    assert not set(settings) - set(config._config_options_template)
    assert settings["server.address"] == "127.0.0.1"
    assert settings["client.showErrorDetails"] == "none"
    assert settings["browser.gatherUsageStats"] is False
    assert settings["server.xsrfCookieSameSite"] == "strict"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_strangers_are_refused(host: str, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="this machine only") as refused:
        server.serve(tmp_path / "W", 8501, host)
    assert refused.value.exit_code == 4


def test_a_missing_warehouse_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no warehouse here"):
        server.serve(tmp_path / "W", 8501)


def test_a_busy_port_is_one_sentence(warehouses: dict[str, Path]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="the port is busy"):
            server.serve(warehouses["full"], taken.getsockname()[1])
