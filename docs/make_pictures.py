"""Make the README's pictures from the running app: pages of the demo, as a visitor sees them.

    python docs/make_pictures.py [WAREHOUSE]        default: data/build/demo-50000, which `make run` builds

Writes docs/pictures/*.png. Needs Chromium (CAREPARITY_CHROMIUM, default /usr/bin/chromium).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
PICTURES = Path(__file__).with_name("pictures")
# name → (path, colour scheme, height of the picture in pixels)
VIEWS = {
    "overview": ("/", "light", 860),
    "equity-map": ("/equity_map?show=ed_visits_per_1000", "light", 900),
    "care-gaps": ("/care_gaps?by=deprivation", "dark", 900),
    "cost-and-use": ("/cost_and_use", "light", 1450),
    "data-quality": ("/data_quality?show=all", "dark", 966),
}
WIDTH = 1280
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


@contextmanager
def served(warehouse: Path) -> Iterator[str]:
    """The address of the dashboard over `warehouse`, while the block runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [sys.executable, "-m", "dashboard.cli", "serve", "--warehouse", str(warehouse), "--port", port]
    server = subprocess.Popen(command, cwd=ROOT)  # noqa: S603 - our own command
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(150):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()  # noqa: S310 - our own server
                break
            except OSError:
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def take(browser: Browser, address: str, name: str) -> None:
    """One picture of one view, when it has settled."""
    path, scheme, height = VIEWS[name]
    page = browser.new_page(viewport={"width": WIDTH, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(address + path)
    page.locator("h1.cp-question").wait_for(timeout=30_000)
    page.locator("[data-testid=stStatusWidget]").wait_for(state="detached", timeout=30_000)
    page.wait_for_timeout(2_000)  # outlines load and charts fade in
    page.screenshot(path=PICTURES / f"{name}.png")
    page.close()


def main(warehouse: Path) -> None:
    """Take every picture."""
    PICTURES.mkdir(exist_ok=True)
    chromium = os.environ.get("CAREPARITY_CHROMIUM", "/usr/bin/chromium")
    with served(warehouse) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name in VIEWS:
            take(browser, address, name)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data/build/demo-50000")
