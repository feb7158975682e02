"""Published warehouses written by hand, and a page of the app run over one of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from published_warehouse import KINDS, publish
from streamlit.testing.v1 import AppTest

SCRIPT = """
from dashboard.components.states import guarded
from dashboard.pages.{page} import PAGE
guarded(PAGE.render)
"""


@pytest.fixture(scope="session")
def warehouses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One warehouse of each kind."""
    folder = tmp_path_factory.mktemp("published")
    return {kind: publish(folder / f"{kind}.duckdb", **options) for kind, options in KINDS.items()}  # type: ignore[arg-type]


@pytest.fixture
def open_page(warehouses: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Run one page: open_page("equity_map", kind="full", year="2024")."""

    def run(page: str, kind: str = "full", **controls: str) -> AppTest:
        monkeypatch.setenv("CAREPARITY_WAREHOUSE", str(warehouses[kind]))
        app = AppTest.from_string(SCRIPT.format(page=page), default_timeout=30)
        for name, value in controls.items():
            app.query_params[name] = value
        return app.run()

    return run
