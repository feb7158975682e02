"""The rooms and their doors: who may import what, who makes a download, who makes `Released`. Read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "dashboard"
FILES = sorted(path.relative_to(ROOT).as_posix() for path in PACKAGE.rglob("*.py"))

FRONT = ("dashboard/app.py", "dashboard/pages/", "dashboard/components/")
# The server runs Streamlit as an ASGI app (st.App), finds its static files and hands it the theme's settings; it draws
# nothing and sees no number.
SERVER = "dashboard/server.py"
# What the code behind the pages may import of its own project: rooms never reach back towards the pages.
FORBIDDEN = {
    "dashboard/stats/": ("dashboard.warehouse", "dashboard.privacy", "dashboard.sources", "dashboard.charts"),
    "dashboard/charts/": ("dashboard.warehouse", "dashboard.sources", "dashboard.exports"),
    "dashboard/exports/": ("dashboard.warehouse", "dashboard.sources", "dashboard.charts"),
    "dashboard/pages/": ("dashboard.warehouse", "dashboard.sources"),
    "dashboard/components/": ("dashboard.warehouse", "dashboard.sources"),
}


@cache
def tree(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


def imported(file: str) -> Iterator[str]:
    """Every module a file imports, wherever the import stands; `from a import b` gives a and a.b."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: write the import in full"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(file: str, name: str) -> list[ast.Call]:
    """Every call of `name` or `something.name` in a file."""
    found = (node for node in ast.walk(tree(file)) if isinstance(node, ast.Call))
    return [c for c in found if name in {getattr(c.func, "id", None), getattr(c.func, "attr", None)}]


def of(file: str, *packages: str) -> set[str]:
    """What a file imports of these packages."""
    return {m for m in imported(file) if any(m == p or m.startswith(f"{p}.") for p in packages)}


@pytest.mark.parametrize("file", FILES)
def test_only_the_warehouse_opens_duckdb(file: str) -> None:
    assert file.startswith("dashboard/warehouse/") or not of(file, "duckdb")


@pytest.mark.parametrize("file", FILES)
def test_only_the_front_imports_streamlit_and_nothing_imports_the_front(file: str) -> None:
    if file.startswith(FRONT):
        return
    if file == SERVER:
        assert of(file, "dashboard.app", "dashboard.pages") == set()
        assert of(file, "dashboard.components") == {"dashboard.components", "dashboard.components.theme"}
        return
    assert of(file, "streamlit", "dashboard.app", "dashboard.pages", "dashboard.components") == set()


@pytest.mark.parametrize("file", [file for file in FILES if file.startswith(tuple(FORBIDDEN))])
def test_rooms_keep_their_doors(file: str) -> None:
    room = next(room for room in FORBIDDEN if file.startswith(room))
    assert of(file, *FORBIDDEN[room]) == set()


@pytest.mark.parametrize("file", FILES)
def test_only_the_gate_makes_released(file: str) -> None:
    assert file == "dashboard/privacy/release.py" or not calls(file, "Released")
    assert "dashboard.privacy.release._GATE" not in imported(file)
    for call in calls(file, "Released"):
        assert getattr(call.args[0], "id", None) == "_GATE"


@pytest.mark.parametrize("file", FILES)
def test_downloads_are_fed_by_exports_only(file: str) -> None:
    """st.download_button(data=…) is a function that calls what dashboard.exports gives, with nothing beside it."""
    exported = {module.rpartition(".")[2] for module in of(file, "dashboard.exports")}
    for call in calls(file, "download_button"):
        data = next(keyword.value for keyword in call.keywords if keyword.arg == "data")
        assert isinstance(data, ast.Lambda)
        assert isinstance(data.body, ast.Call)
        assert getattr(data.body.func, "id", None) in exported


@pytest.mark.parametrize("file", FILES)
def test_nothing_writes_a_table_past_the_gate(file: str) -> None:
    """Polars' and pandas' own writers to files and text are for the protected zone and for the build."""
    if file.startswith((*FRONT, "dashboard/charts/", "dashboard/exports/")):
        writers = ("write_csv", "write_parquet", "write_excel", "write_json", "to_csv", "to_parquet", "dataframe")
        assert not [name for name in writers if calls(file, name)]
