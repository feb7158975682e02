"""To the cent, by year, medical and pharmacy: from the lines that stand to every table of cost that is published.

The lines are added up here by a plain second way: in Python, as whole cents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

KINDS = ("medical", "pharmacy")
BASES = ("allowed_usd", "paid_usd")
Key = tuple[int, str, str]  # year, kind, basis


@pytest.fixture(scope="module")
def con(small_warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The protected tables of the small plan: exact cubes, nothing hidden."""
    path = small_warehouse.with_name(small_warehouse.name + ".d") / "build.duckdb"
    connection = duckdb.connect(str(path), read_only=True)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def lines(con: duckdb.DuckDBPyConnection) -> dict[Key, int]:
    """Cents of all lines that stand, of the build's years."""
    years = {year for (year,) in con.execute("select year from reference.period").fetchall()}
    total: dict[Key, int] = defaultdict(int)
    medical = "select service_start_date, allowed_usd, paid_usd from core.claim_line where not is_denied"
    pharmacy = "select dispensing_date, allowed_usd, paid_usd from core.pharmacy_line"
    for kind, sql in zip(KINDS, (medical, pharmacy), strict=True):
        for day, *usd in con.execute(sql).fetchall():
            if day is not None and day.year in years:
                for basis, amount in zip(BASES, usd, strict=True):
                    total[day.year, kind, basis] += int((amount or Decimal(0)) * 100)
    return total


def sums(con: duckdb.DuckDBPyConnection, table: str, where: str = "true") -> dict[Key, int]:
    """Cents by year, kind and basis of a table with columns such as medical_allowed_usd."""
    columns = ", ".join(f"sum({kind}_{basis})" for kind in KINDS for basis in BASES)
    keys = [(kind, basis) for kind in KINDS for basis in BASES]
    rows = con.execute(f"select year, {columns} from {table} where {where} group by year").fetchall()
    return {(row[0], *key): int(value * 100) for row in rows for key, value in zip(keys, row[1:], strict=True)}


def sums_of_categories(con: duckdb.DuckDBPyConnection, table: str, where: str) -> dict[Key, int]:
    kind = "case service_category when 'pharmacy' then 'pharmacy' else 'medical' end"
    sql = f"select year, {kind} as kind, sum(allowed_usd), sum(paid_usd) from {table} where {where} group by all"
    return {
        (year, kind, basis): int(value * 100)
        for year, kind, *usd in con.execute(sql).fetchall()
        for basis, value in zip(BASES, usd, strict=True)
    }


IN_PERIOD = "year in (select p.year from reference.period as p)"


@pytest.fixture(scope="module")
def counted(con: duckdb.DuckDBPyConnection) -> dict[Key, int]:
    return sums_of_categories(con, "marts.cost_month", f"is_counted and {IN_PERIOD}")


def test_what_counts_and_what_is_kept_apart_is_all_that_the_lines_hold(
    con: duckdb.DuckDBPyConnection, lines: dict[Key, int], counted: dict[Key, int]
) -> None:
    apart = sums_of_categories(con, "marts.cost_month", f"not is_counted and {IN_PERIOD}")
    assert sum(apart.values()) > 0, "the small plan has care outside enrolment"
    assert {key: counted.get(key, 0) + apart.get(key, 0) for key in lines} == lines


@pytest.mark.parametrize("table", ["marts.person_month", "marts.person_year"])
def test_people_add_up_to_what_counts(con: duckdb.DuckDBPyConnection, counted: dict[Key, int], table: str) -> None:
    assert sums(con, table, IN_PERIOD) == counted


def test_unenrolled_cost_adds_up_apart(con: duckdb.DuckDBPyConnection) -> None:
    apart = "select sum(allowed_usd), sum(paid_usd) from marts.cost_month where not is_counted"
    kept = "select sum(unenrolled_allowed_usd), sum(unenrolled_paid_usd) from marts.person_month"
    assert con.execute(apart).fetchall() == con.execute(kept).fetchall()


def test_every_dimension_of_the_cube_adds_up_to_what_counts(
    con: duckdb.DuckDBPyConnection, counted: dict[Key, int]
) -> None:
    for (dimension,) in con.execute("select distinct dimension from cubes.use").fetchall():
        assert sums(con, "cubes.use", f"dimension = '{dimension}'") == counted, dimension


def test_months_and_categories_add_up_to_what_counts(con: duckdb.DuckDBPyConnection, counted: dict[Key, int]) -> None:
    assert sums(con, "cubes.use_month") == counted
    assert sums_of_categories(con, "cubes.cost_category", "true") == counted
    assert sums_of_categories(con, "cubes.cost_category_month", "true") == counted


def test_months_add_up_to_the_years_member_months_and_use(con: duckdb.DuckDBPyConnection) -> None:
    columns = "sum(member_months), sum(pharmacy_member_months), sum(ed_visits), sum(inpatient_stays)"
    months = con.execute(f"select year, {columns} from cubes.use_month group by 1 order by 1").fetchall()
    years = con.execute(
        f"select year, {columns} from cubes.use where dimension = 'all' group by 1 order by 1"
    ).fetchall()
    assert months == years
