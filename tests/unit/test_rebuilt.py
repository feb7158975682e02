"""What a change makes anew, and what it leaves alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest
from sources_harness import encounter, ndjson, observation, patient

from dashboard.sources import synthetic
from dashboard.warehouse import build, catalog, connect, content


def downstream(*names: str) -> set[str]:
    """Tables that rest on `names`, through any number of others."""
    loaded, found = catalog.load(), set(names)
    while more := {f.full_name for f in loaded.files if f.reads & found} - found:
        found |= more
    if any(name.startswith("measures.") for name in found):
        found |= downstream("measures.result") if "measures.result" not in found else set()
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a demo of plain CSV files in `in` and its warehouse `w`."""
    folder = tmp_path_factory.mktemp("incremental")
    synthetic.write_population(folder / "demo", people=200, seed=4)
    (folder / "in").mkdir()
    for table in (p for p in (folder / "demo").iterdir() if p.is_dir()):
        pl.read_parquet(table / "*.parquet").write_csv(folder / "in" / f"{table.name}.csv")
    build.run(build.Request((folder / "in",), folder / "w", years=(2024, 2025)))
    return folder


@pytest.fixture
def place(built: Path, tmp_path: Path) -> Path:
    """A copy to change and build in."""
    for name in ("in", "w.d"):
        shutil.copytree(built / name, tmp_path / name)
    (tmp_path / "w").symlink_to((built / "w").readlink())
    return tmp_path


def rebuilt(place: Path, source: str = "in") -> set[str]:
    return set(build.run(build.Request((place / source,), place / "w", years=(2024, 2025))).rebuilt)


def test_a_file_of_pharmacy_claims_leaves_what_rests_on_other_files(place: Path) -> None:
    assert rebuilt(place) == set()  # in another folder than before, but the same files
    claims = (place / "in" / "pharmacy_claim.csv").read_text().splitlines(keepends=True)
    more = [claims[0], *(line.replace(line.split(",")[0], f"more{n}", 1) for n, line in enumerate(claims[1:50]))]
    (place / "in" / "pharmacy_claim_2.csv").write_text("".join(more))
    made = rebuilt(place)
    assert {"core.pharmacy_line", "marts.person_month"} <= made
    assert made <= downstream("raw.input_layer_pharmacy_claim", "core.reconciliation", "core.previous_load")
    assert not made & {"core.person", "core.encounter", "core.condition", "core.claim_line", "core.visit"}


def test_names_dates_and_places_of_files_change_nothing(place: Path) -> None:
    (place / "in" / "medical_claim.csv").rename(place / "in" / "medical_claim_7.csv")
    (place / "in" / "patient.csv").touch()
    (place / "in").rename(place / "elsewhere")
    assert rebuilt(place, "elsewhere") == set()


def test_rows_in_another_order_end_at_the_first_table_that_says_the_same(place: Path) -> None:
    header, *lines = (place / "in" / "patient.csv").read_text().splitlines(keepends=True)
    (place / "in" / "patient.csv").write_text("".join([header, *reversed(lines)]))
    made = rebuilt(place)
    assert "core.person" in made
    assert not made & {"core.claim_line", "marts.person_year", "cubes.use"}


def test_people_keep_their_surrogates_when_they_leave_and_come_back(place: Path) -> None:
    def people() -> pl.DataFrame:
        con = connect.build(place / "w.d" / "build.duckdb")
        found = connect.query(con, "select * from core.person_key order by all")
        con.close()
        return found

    before, whole = people(), (place / "in" / "patient.csv").read_text()
    (place / "in" / "patient.csv").write_text("".join(whole.splitlines(keepends=True)[:100]))
    rebuilt(place)
    assert people().height == 99
    (place / "in" / "patient.csv").write_text(whole)
    rebuilt(place)
    assert people().equals(before)


def test_a_fhir_file_of_one_type_leaves_other_types_alone(tmp_path: Path) -> None:
    ndjson(tmp_path / "in" / "a.ndjson", patient(), encounter())
    ndjson(tmp_path / "in" / "b.ndjson", observation())
    rebuilt(tmp_path)
    ndjson(tmp_path / "in" / "c.ndjson", observation("o2"))
    made = rebuilt(tmp_path)
    assert "core.observation" in made
    assert made <= downstream("raw.fhir_r4_observation", "core.reconciliation", "core.previous_load")
    assert not made & {"core.person", "core.encounter", "core.visit"}


def test_content_is_told_whatever_the_order_of_rows_and_wherever_they_lay() -> None:
    con = connect.memory()
    con.execute("create table one as select i as row_number, 1 as file_ordinal, [i] as codes from range(9) r(i)")
    con.execute("create table two as select * replace (2 as file_ordinal) from one order by row_number desc")
    con.execute("create table three as select * from one union all select * from one where codes = [4]")
    assert content.of_table(con, "main.one") == content.of_table(con, "main.two")
    assert content.of_table(con, "main.one") != content.of_table(con, "main.three")


def test_no_query_reads_where_a_row_lay_in_its_file() -> None:
    """A file that is renamed has another ordinal, and changes no table."""
    for file in catalog.load().files:
        assert "file_ordinal" not in file.body, file.shown_path
        assert "row_number" not in file.body.replace("row_number()", ""), file.shown_path
