"""The dashboard as its user meets it: served by the command, opened in a real Chromium that may reach nothing else."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = os.environ.get("CAREPARITY_CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
START_SECONDS = 60


@pytest.fixture(scope="session")
def served(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a dashboard served by `careparity serve` over a small synthetic warehouse."""
    if not Path(CHROMIUM).exists():
        missing = f"NO BROWSER at {CHROMIUM}: browser tests are not run"
        if os.environ.get("CAREPARITY_REQUIRE_BROWSER") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    warehouse: Path = request.getfixturevalue("small_warehouse")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", "from dashboard.cli import main; main()", "serve"]
    server = subprocess.Popen([*command, "--warehouse", str(warehouse), "--port", str(port)])
    try:
        yield _ready(f"http://127.0.0.1:{port}", server)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _ready(address: str, server: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return address
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the server did not answer within {START_SECONDS} s")


@pytest.fixture(scope="session")
def browser(served: str) -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser, served: str) -> Iterator[Callable[..., Page]]:
    """visit("/care_gaps?year=2024", width=390, scheme="dark") → the page, settled.

    A request to any other host, an error of the page's scripts or a breach of its security policy fails the test.
    """
    contexts, problems = [], []

    def open_page(path: str, *, width: int = 1280, scheme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda r: None if _is_ours(r.url, served) else problems.append(f"asked {r.url}"))
        page.on("pageerror", lambda error: problems.append(f"script error: {error}"))
        page.on("console", lambda m: problems.append(m.text) if "Content Security Policy" in m.text else None)
        page.goto(served + path)
        settle(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems


def _is_ours(url: str, served: str) -> bool:
    return url.startswith((served, served.replace("http", "ws", 1), "data:", "blob:"))


def settle(page: Page) -> None:
    """Wait until the page has been drawn and no run is under way."""
    page.locator("h1.cp-question").wait_for(timeout=20_000)
    page.wait_for_timeout(300)
    page.locator("[data-testid=stStatusWidget]").wait_for(state="detached", timeout=20_000)
    page.locator("[data-stale=true]").first.wait_for(state="detached", timeout=20_000)
    page.wait_for_timeout(500)
