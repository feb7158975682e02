"""Checks: thresholds read strictly and judged anew without a build, and no small count that leaves."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import polars as pl
import pytest

from dashboard.errors import CheckFailed
from dashboard.privacy import checks
from dashboard.sources import synthetic
from dashboard.warehouse import build, cases, catalog, connect, limits, quality
from dashboard.warehouse.templates import write_template

THRESHOLD = 11


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tiny") / "demo"
    synthetic.write_population(out, people=300, seed=3)
    build.mark_synthetic(out)
    return out


@pytest.fixture(scope="module")
def built(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "w"
    build.run(build.Request((tiny,), out))
    return out


def written(queries: Path, name: str, **changes: str) -> Path:
    """The check `name` with header lines changed."""
    path = queries / "checks" / f"{name}.sql"
    lines = path.read_text().splitlines()
    for key, value in changes.items():
        at = next(n for n, line in enumerate(lines) if line.startswith(f"-- {key}:"))
        lines[at] = f"-- {key}: {value}"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    "text", ["0", "1 %", "1% people", "0.5 claims", "101 % of claims", "-1 claims", "some claims", "1 % of 5"]
)
def test_a_limit_that_says_no_unit_or_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is "):
        limits.parse(text)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("threshold", "a few", "'threshold' is neither"),
        ("affects", "people, cost", "'affects' names no figure"),
        ("kind", "timeliness", "unknown kind"),
    ],
)
def test_a_header_that_can_t_be_read_names_its_line(queries: Path, key: str, value: str, said: str) -> None:
    written(queries, "birth_date_missing", **{key: value})
    with pytest.raises(CheckFailed, match=said) as error:
        catalog.load(queries)
    number = next(
        n for n, line in enumerate((queries / "checks/birth_date_missing.sql").read_text().splitlines(), 1)
        if line.startswith(f"-- {key}:")
    )  # fmt: skip
    assert error.value.where == f"queries/checks/birth_date_missing.sql:{number}"


def test_a_check_may_name_measures_that_exist_only(queries: Path) -> None:
    written(queries, "hba1c_implausible", affects="CMS122, CMS999")
    with pytest.raises(CheckFailed, match="names no measure") as error:
        catalog.load(queries)
    assert error.value.found == "CMS999"


def test_every_check_has_a_case_that_finds_and_one_row_that_doesn_t() -> None:
    """A case in which nothing is found, or everything is, would pass for a check that is always or never true."""
    loaded = catalog.load()
    for file in loaded.of("checks"):
        tables = [case.expect for case in cases.read(file) if case.expect]
        names = [name for name, _ in tables[0].columns]
        rows = [dict(zip(names, row, strict=True)) for table in tables for row in table.rows]
        if not rows:  # sources that are too small to be judged
            assert " having " in file.body, file.shown_path
            continue
        found = sum(int(row["found_count"] or 0) for row in rows)
        assert found > 0, file.shown_path
        assert found < sum(int(row["checked_count"] or 0) for row in rows), file.shown_path


FILES = {file.name: file for file in catalog.load().of("checks")}


def exact(rows: list[tuple[str, int, int | None]]) -> pl.DataFrame:
    full = [(name, "d", "p1", "s1", None, found, checked) for name, found, checked in rows]
    return pl.DataFrame(full, schema=quality.FINDINGS, orient="row")


@pytest.mark.parametrize("found", range(13))
def test_one_small_count_looks_like_another(found: int) -> None:
    safe = quality.published(exact([("claim_in_future", found, 5_000)]), list(FILES.values()), threshold=THRESHOLD)
    row = safe.row(0, named=True)
    assert (row["found"], row["is_few_found"]) == {0: (0, False)}.get(
        found, (None, True) if found < 11 else (15, False)
    )
    assert row["found_units"] is None


def test_no_choice_of_threshold_tells_small_counts_apart(queries: Path) -> None:
    files = list(FILES.values())
    for limit in ("0 claims", "3 claims", "0.02 % of claims", "0.1 % of claims", "7 claims", "90 % of claims"):
        written(queries, "claim_in_future", threshold=limit)
        rule = next(r for r in quality.rules(queries) if r.name == "claim_in_future")
        verdicts = set()
        for found in range(1, THRESHOLD):
            safe = quality.published(exact([("claim_in_future", found, 5_003)]), files, threshold=THRESHOLD)
            verdicts.add(quality.judged(safe, [rule], threshold=THRESHOLD)["status"][0])
        assert len(verdicts) == 1, limit


def test_months_are_no_people_and_stay_exact() -> None:
    safe = quality.published(exact([("claim_month_low", 2, 36)]), list(FILES.values()), threshold=THRESHOLD)
    assert safe.select("found", "found_units", "checked_units", "is_few_found").row(0) == (None, 2, 36, False)
    judged = quality.judged(safe, quality.rules(), threshold=THRESHOLD).filter(check_name="claim_month_low")
    assert judged.select("found", "checked", "status").row(0) == (2, 36, "caution")


def test_the_verdict_rule() -> None:
    def verdict(*statuses: str) -> str:
        return quality.verdict(pl.DataFrame({"status": statuses}, schema={"status": pl.String}))

    assert verdict("passed", "nothing") == "fit"
    assert verdict("passed", "caution") == "cautions"
    assert verdict("caution", "not_fit") == "not_fit"
    assert verdict("nothing") == "unknown"


def test_a_threshold_edited_judges_anew_without_a_build(built: Path, queries: Path) -> None:
    def status() -> str:
        frame = checks.judged(built, "p1").frame
        return str(frame.filter(check_name="person_unattributed")["status"][0])

    before = built.readlink()
    written(queries, "person_unattributed", threshold="100 % of people")
    assert status() == "passed"
    written(queries, "person_unattributed", threshold="0 people")
    assert status() == "caution"
    with (queries / "checks" / "person_unattributed.sql").open("a") as file:
        file.write("having count(*) > 0\n")
    frame = checks.judged(built, "p1").frame.filter(check_name="person_unattributed")
    assert frame["is_outdated"].all()
    assert built.readlink() == before


def test_a_new_check_is_listed_at_once_and_has_found_something_after_a_build(
    built: Path, tiny: Path, queries: Path
) -> None:
    write_template("check", "odd_age")
    row = checks.judged(built, "p1").frame.filter(check_name="odd_age")
    assert row["status"].to_list() == ["nothing"]
    file = queries / "checks" / "odd_age.sql"
    file.write_text(file.read_text().replace("p.birth_date > p.death_date", "p.person_id is not null"))
    result = build.run(build.Request((tiny,), built))
    found = result.checks.filter(check_name="odd_age")
    assert found.select("found", "checked", "status").rows() == [(300, None, "caution")]
    file.write_text(file.read_text().replace("p.person_id is not null", "p.person_id is null"))
    result = build.run(build.Request((tiny,), built))
    assert result.checks.filter(check_name="odd_age").select("found", "status").rows() == [(0, "passed")]


def test_no_exact_small_count_is_in_the_published_file(built: Path) -> None:
    con = connect.open_published(built)
    rows = connect.query(con, "select * from published.check_result")
    months = connect.query(con, "select row_count from published.coverage")["row_count"].drop_nulls()
    con.close()
    assert months.len() > 100
    assert set(months % 6) == {3}
    assert months.min() > THRESHOLD
    assert rows.height > 100
    for column in ("found", "checked"):
        assert rows.filter(pl.col(column).is_between(1, THRESHOLD - 1)).is_empty()
        assert rows.filter(pl.col(column) > 0).filter(pl.col(column) % 6 != 3).is_empty()
    open_ = {name for name, file in FILES.items() if not limits.parse(file.header["threshold"]).counts_people}
    assert set(rows.drop_nulls("found_units")["check_name"]) <= open_


def test_a_group_is_named_only_by_a_word_of_the_check_itself() -> None:
    """A check that took its groups from rows would publish values of rows."""
    con = duckdb.connect()
    con.execute("create schema core; create schema checks; create schema raw")
    con.execute("create table core.population as select 's1' as data_source, 'p1' as population")
    con.execute("create table raw.data_source as select 's1' as data_source, 's1' as source")
    con.execute(
        "create table checks.person_attribute_unknown as select 's1' as data_source, a as attribute,"
        " 20 as found_count, 30 as checked_count from (values ('race'), ('Jane Roe')) as v(a)"
    )
    only = catalog.Catalog(catalog.queries_root(), (FILES["person_attribute_unknown"],))
    found = quality.findings(con, only)
    con.close()
    assert set(found["group_value"]) == {"race", ""}


def test_less_than_in_the_load_before_is_found(tmp_path: Path, tiny: Path) -> None:
    first, out = tmp_path / "first", tmp_path / "w"
    shutil.copytree(tiny, first)
    build.run(build.Request((first,), out))
    claims = next(path for path in sorted((first / "medical_claim").rglob("*")) if path.is_file())
    rows = pl.read_parquet(claims)
    rows.head(rows.height // 2).write_parquet(claims)
    for _ in range(2):  # a build of the same files again compares with the same load
        result = build.run(build.Request((first,), out, policy="safe_harbor"))
        said = result.checks.filter(check_name="load_smaller", group_value="claim")
        assert said.select("found", "checked", "status").rows() == [(1, 1, "caution")]
