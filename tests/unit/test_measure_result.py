"""measures.result: precedence applied once, and the contract of measure files."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.errors import CheckFailed
from dashboard.measures import check_contract, result_sql
from dashboard.measures.result import POPULATIONS
from dashboard.warehouse import connect, tables
from dashboard.warehouse.catalog import Catalog, read_file

HEADER = (
    "-- title: M\n-- id: {id}\n-- question: Who?\n-- grain: person_id, group_id, period_start\n-- better: higher\n"
    "-- why: Because.\n-- needs: visits\n-- spec: One, 2026\n"
)
KEYS = "1 as person_id, 'Group_1' as group_id, date '2026-01-01' as period_start"
REST = "null::date as evidence_date, 'no test' as reason"


def _populations(*values: object) -> str:
    return ", ".join(f"{value} as {name}" for name, value in zip(POPULATIONS, values, strict=True))


def _catalog(tmp_path: Path, **measures: str) -> Catalog:
    root = tmp_path / "queries"
    files = []
    for name, select in measures.items():
        path = root / "measures" / f"{name}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEADER.format(id=name.upper()) + select)
        files.append(read_file(path, root))
    return Catalog(root, tuple(files))


def _build(catalog: Catalog) -> connect.Connection:
    con = connect.memory(threads=1)
    tables.create_schemas(con)
    for file in catalog.of("measures"):
        con.execute(f"create table {tables.quoted(file.full_name)} as {file.body}")
    return con


# Raw: initial population, denominator, exclusion, exception, numerator. Placed: initial, denominator, excluded,
# exception, numerator.
@pytest.mark.parametrize(
    ("raw", "placed"),
    [
        ((0, 0, 0, 0, 0), (False, False, False, False, False)),
        ((0, 0, 1, 1, 1), (False, False, False, False, False)),
        ((1, 0, 1, 1, 1), (True, False, False, False, False)),
        ((1, 1, 0, 0, 0), (True, True, False, False, False)),
        ((1, 1, 0, 0, 1), (True, True, False, False, True)),
        ((1, 1, 1, 0, 1), (True, False, True, False, False)),
        ((1, 1, 1, 1, 0), (True, False, True, False, False)),
        ((1, 1, 0, 1, 1), (True, True, False, False, True)),
        ((1, 1, 0, 1, 0), (True, False, False, True, False)),
    ],
)
def test_an_exclusion_comes_before_the_numerator_and_an_exception_after(
    tmp_path: Path, raw: tuple[int, ...], placed: tuple[bool, ...]
) -> None:
    catalog = _catalog(tmp_path, m1=f"select {KEYS}, {_populations(*raw)}, {REST}")
    con = _build(catalog)
    check_contract(con, catalog)
    row = con.execute(
        "select in_initial_population, in_denominator, is_excluded, is_exception, in_numerator, reason "
        f"from ({result_sql(catalog)})"
    ).fetchall()[0]
    assert row[:5] == placed
    assert (row[5] is not None) == placed[1]


def test_all_measures_stand_in_one_table_and_strata_are_kept(tmp_path: Path) -> None:
    catalog = _catalog(
        tmp_path,
        m1=f"select {KEYS}, {_populations(1, 1, 0, 0, 0)}, {REST}, 'young' as stratum_1, null::varchar as stratum_2",
        m2=f"select {KEYS}, {_populations(1, 1, 0, 0, 1)}, {REST}",
    )
    rows = _build(catalog).execute(
        f"select measure_id, stratum_1, stratum_2, in_numerator from ({result_sql(catalog)}) order by 1"
    )
    assert rows.fetchall() == [("M1", "young", None, False), ("M2", None, None, True)]


def test_without_a_measure_the_table_is_empty(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path, ())
    assert _build(catalog).execute(f"select count(*) from ({result_sql(catalog)})").fetchall() == [(0,)]


@pytest.mark.parametrize(
    ("select", "message"),
    [
        (f"select {KEYS}, 1 as initial_population, {REST}", "lacks denominator, denominator_exclusion"),
        (f"select {KEYS}, {_populations(1, 1, 0, 0, 0)}", "lacks evidence_date, reason"),
        (f"select {KEYS}, {_populations(1, 1, 0, 0, 0)}, {REST}, 1 as age", "doesn't know: age"),
        (f"select {KEYS}, {_populations(1, 1, 0, 0, 2)}, {REST}", "numerator is neither 0 nor 1"),
        (f"select {KEYS}, {_populations(1, 'null::int', 0, 0, 0)}, {REST}", "denominator is neither 0 nor 1"),
        (f"select {KEYS}, {_populations(0, 1, 0, 0, 0)}, {REST}", "people outside the initial population"),
        (
            f"select {KEYS.replace('1 as', 'null::int as')}, {_populations(1, 1, 0, 0, 0)}, {REST}",
            "a key is null",
        ),
    ],
)
def test_a_breach_names_the_file_and_the_remedy(tmp_path: Path, select: str, message: str) -> None:
    catalog = _catalog(tmp_path, m1=select)
    with pytest.raises(CheckFailed, match=message) as caught:
        check_contract(_build(catalog), catalog)
    assert "queries/measures/m1.sql:1" in str(caught.value)
    assert caught.value.do


def test_the_file_is_called_by_the_id(tmp_path: Path) -> None:
    catalog = _catalog(tmp_path, m1=f"select {KEYS}, {_populations(1, 1, 0, 0, 0)}, {REST}")
    path = catalog.root / "measures" / "other.sql"
    path.write_text(catalog.files[0].sql)
    renamed = Catalog(catalog.root, (read_file(path, catalog.root),))
    with pytest.raises(CheckFailed, match=r"Call it queries/measures/m1\.sql"):
        check_contract(_build(renamed), renamed)
