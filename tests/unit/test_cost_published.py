"""The cost tables in a small plan's published file: no single person's contribution, no dominated sum."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from dashboard.privacy import panel
from dashboard.privacy.cells import P_PERCENT
from dashboard.privacy.lattice import Roles
from dashboard.warehouse import catalog

PANELS = sorted(f.name for f in catalog.load().of("panels") if f.name.startswith("cost_and_use/"))
CUBES = {f.name: f for f in catalog.load().of("cubes") if Roles.from_header(f.header).contributions}


@pytest.fixture(scope="module")
def con(small_warehouse: Path) -> duckdb.DuckDBPyConnection:
    """The published file, and beside it the exact tables of the build."""
    connection = duckdb.connect()
    exact = small_warehouse.with_name(small_warehouse.name + ".d") / "build.duckdb"
    connection.execute(f"attach '{small_warehouse.resolve()}' as shown (read_only)")
    connection.execute(f"attach '{exact}' as exact (read_only)")
    return connection


@pytest.mark.parametrize("cube", CUBES)
def test_contributions_of_single_people_stay_inside(con: duckdb.DuckDBPyConnection, cube: str) -> None:
    columns = {row[0] for row in con.execute(f"describe shown.cubes.{cube}").fetchall()}
    roles = Roles.from_header(CUBES[cube].header)
    assert set(roles.sums) <= columns
    assert not columns & set(roles.inside)


@pytest.mark.parametrize("cube", CUBES)
def test_no_sum_that_is_shown_is_dominated(con: duckdb.DuckDBPyConnection, cube: str) -> None:
    """The rule once more, in SQL, on what was published."""
    file = CUBES[cube]
    keys = " and ".join(f"s.{key} is not distinct from e.{key}" for key in file.grain)
    for total, columns in Roles.from_header(file.header).contributions.items():
        for of in columns:
            first, rest = f"e.{of}[2]", f"e.{of}[1] - e.{of}[2] - coalesce(e.{of}[3], 0)"
            shown, dominated = con.execute(
                f"select count(*), count(*) filter (where {first} > 0 and {rest} + 0.01 < {P_PERCENT} * {first})"
                f" from shown.cubes.{cube} as s join exact.cubes.{cube} as e on {keys} where s.{total} is not null"
            ).fetchall()[0]
            assert dominated == 0, f"{total} by {of}"
            assert shown or total.startswith("excess"), f"{total}: nothing is shown"


@pytest.mark.parametrize("name", PANELS)
def test_every_panel_of_the_page_says_something(small_warehouse: Path, name: str) -> None:
    frame = panel(small_warehouse, name, {"population": "p1"}).frame
    assert frame.height
