"""One delivery published under each policy: what each file holds, and that a policy never touches what lies behind."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from policy_records import EXPERT, LIMITED, written

from dashboard import server
from dashboard.errors import RefusedError
from dashboard.exports import csv_bytes
from dashboard.privacy import panel
from dashboard.privacy import record as records
from dashboard.sources import synthetic
from dashboard.warehouse import build, connect

NEVER = {"claim_id", "encounter_id", "member_id", "source_person_id", "data_source", "name", "npi"}
Build = Callable[..., build.Result]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A delivery that counts as real (no mark), built under Safe Harbor."""
    folder = tmp_path_factory.mktemp("policies")
    synthetic.write_population(folder / "in", people=600, seed=5)
    build.run(build.Request((folder / "in",), folder / "w"))
    return folder


@pytest.fixture
def warehouse(base: Path, tmp_path: Path) -> Path:
    shutil.copytree(base / "w.d", tmp_path / "w.d")
    (tmp_path / "w").symlink_to((base / "w").readlink())
    return tmp_path / "w"


@pytest.fixture
def publish(base: Path, warehouse: Path, tmp_path: Path) -> Build:
    """Build the same delivery into the same warehouse under a record, a policy or with classes withheld."""

    def run(record: str | None = None, *, policy: str | None = None, withhold: tuple[str, ...] = ()) -> build.Result:
        path = written(tmp_path, record) if record else None
        return build.run(build.Request((base / "in",), warehouse, policy=policy, policy_record=path, withhold=withhold))

    return run


def tables(warehouse: Path) -> dict[str, pl.DataFrame]:
    """Every table of a published file."""
    con = connect.open_published(warehouse)
    try:
        names = connect.query(con, "select schema_name || '.' || table_name as name from duckdb_tables()")["name"]
        return {name: connect.query(con, f"select * from {name}") for name in names}
    finally:
        con.close()


def dated(frames: dict[str, pl.DataFrame]) -> set[tuple[str, str]]:
    """Columns that hold a day, but for when the file was made."""
    return {
        (name, column)
        for name, frame in frames.items()
        for column, kind in frame.schema.items()
        if kind.is_temporal() and frame[column].null_count() < frame.height and column != "built_at"
    }


def test_another_policy_only_publishes_anew(publish: Build) -> None:
    for record in (LIMITED, EXPERT):
        assert publish(record).rebuilt == []
    assert publish(policy="safe_harbor").policy == "safe_harbor"


def test_no_version_of_another_policy_stays(publish: Build, warehouse: Path) -> None:
    def versions() -> set[str]:
        return {path.stem for path in warehouse.with_name("w.d").glob("*.duckdb")} - {"build", "vault"}

    for record, withhold in ((LIMITED, ()), (LIMITED, ("hiv",)), (None, ())):
        publish(record, withhold=withhold)
        assert versions() == {warehouse.resolve().stem}


def test_a_limited_data_set_keeps_dates_and_places_and_no_direct_identifier(publish: Build, warehouse: Path) -> None:
    before = tables(warehouse)
    assert "published.person" not in before
    assert dated(before) == set()
    publish(LIMITED)
    frames = tables(warehouse)
    person = frames["published.person"]
    assert person.height == 600
    assert person["birth_date"].null_count() == 0
    assert person.filter(pl.col("zip_code").str.len_chars() == 5).height > 500
    assert person["county_fips"].null_count() < 60
    assert {c for frame in frames.values() for c in frame.columns} & NEVER <= {"name"}  # of queries and value sets
    con = connect.build(warehouse.with_name("w.d") / "vault.duckdb")
    numbers = set(connect.query(con, "select source_person_id from person")["source_person_id"])
    con.close()
    texts = {v for c in person.columns if person.schema[c] == pl.String for v in person[c].drop_nulls()}
    assert not texts & numbers
    only = frames["published.policy_record"]["record"].to_list()
    assert len(only) == 1
    assert "kept in the safe" not in only[0]


def test_tables_of_a_limited_data_set_are_suppressed_all_the_same(publish: Build, warehouse: Path) -> None:
    publish(LIMITED)
    use = tables(warehouse)["cubes.use"]
    assert set(use["dimension"]) >= {"county", "deprivation"}
    assert "zip3" not in set(use["dimension"])
    assert use.filter(pl.col("people").is_between(1, 10)).is_empty()
    assert use.filter(pl.col("people").is_null()).height


def test_every_file_says_under_what_terms_it_left(publish: Build, warehouse: Path) -> None:
    publish(LIMITED, withhold=("hiv",))
    released = panel(warehouse, "overview/tiles")
    said = csv_bytes(released, "Tiles").decode("utf-8-sig")
    assert '# terms,"Limited data set: still PHI, under the data use agreement of 15 January 2026' in said
    assert "# withheld,HIV; every figure lacks this care" in said
    assert "recipients: Fictional County Health Department; expires 14 January 2999" in said


def test_nothing_is_shown_served_or_saved_after_the_last_day(
    publish: Build, warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(LIMITED)
    released = panel(warehouse, "overview/tiles")
    monkeypatch.setattr(records, "today", lambda: date(2999, 1, 15))
    for use in (
        lambda: panel(warehouse, "overview/tiles"),
        lambda: csv_bytes(released, "Tiles"),
        lambda: server.serve(warehouse, 8599),
        lambda: publish(LIMITED),
    ):
        with pytest.raises(RefusedError, match="expired on 14 January 2999"):
            use()


def test_small_counties_merge_and_nothing_tells_them_apart(publish: Build, warehouse: Path) -> None:
    publish(EXPERT)
    frames = tables(warehouse)
    use = frames["cubes.use"].filter(dimension="county")
    assert set(use["group_value"]) & {"Smaller counties of KY", "Smaller counties of TN"}
    assert use.drop_nulls("people")["people"].min() >= 100
    counties = frames["published.person_year"]["county_fips"]
    assert set(counties.drop_nulls()) <= set(use["group_value"])
    for frame in frames.values():
        assert not {"deprivation_quintile", "rurality"} & set(frame.columns)
    assert not {"deprivation", "rurality"} & set(frames["cubes.use"]["dimension"])
    groups = frames["published.area_group"]
    assert set(groups["group_id"]) == {name for name in use["group_value"] if name.startswith("Smaller")}
    every = frames["published.area"].filter(pl.col("area_level") == "county", pl.col("state").is_in(groups["state"]))
    assert set(every["area_id"]) - set(use["group_value"]) == set(groups["area_id"])  # also those without anyone
    assert dated(frames) == set()
    small = [c for c in ("people", "ed_visits") for n in frames["cubes.use"][c].drop_nulls() if 0 < n < 20]
    assert small == []


def test_states_are_published_as_unions_of_their_counties(publish: Build, warehouse: Path) -> None:
    publish(EXPERT.replace('"county"', '"state"').replace("area_floor = 100", "area_floor = 0"))
    frames = tables(warehouse)
    use = frames["cubes.use"]
    states = use.filter(dimension="state", year=2025)
    assert set(states["group_value"]) - {"Unknown"} <= {"21", "47", "54"}
    assert states["people"].sum() <= use.filter(dimension="all", year=2025)["people"].item()
    assert "county" not in set(use["dimension"])
    assert "county_fips" not in frames["published.person_year"].columns
    every = frames["published.area"].filter(pl.col("area_level") == "county", pl.col("state").is_in(["KY", "TN", "WV"]))
    assert set(frames["published.area_group"]["area_id"]) == set(every["area_id"])  # so the list tells nothing


def test_what_is_withheld_is_in_no_table_and_in_no_total(publish: Build, warehouse: Path, base: Path) -> None:
    before = _protected(warehouse)
    assert before["tagged"] > 0
    result = publish(withhold=("behavioural",))
    assert "core.claim_line" in result.rebuilt
    assert "staging.medical_claim" not in result.rebuilt
    after = _protected(warehouse)
    assert after["tagged"] == 0
    assert after["people"] == before["people"]
    assert 0 < after["allowed_usd"] < before["allowed_usd"]
    assert after["visits"] < before["visits"]
    assert tables(warehouse)["published.warehouse"]["withheld"].to_list() == [["behavioural health"]]
    publish()
    assert _protected(warehouse) == before


def _protected(warehouse: Path) -> dict[str, object]:
    """What the protected zone counts, with claims and conditions that still tell of behavioural health."""
    con = connect.build(warehouse.with_name("w.d") / "build.duckdb")
    try:
        return connect.query(
            con,
            "with code as (select unnest(diagnosis_codes) as code from core.claim"
            " union all select unnest(codes).code from core.condition)"
            " select (select count(*) from code where regexp_matches(code, '^F(3[0-4]|4[0-5])')) as tagged,"
            " (select count(*) from core.person) as people, (select count(*) from core.visit) as visits,"
            " (select sum(medical_allowed_usd) from marts.person_year) as allowed_usd",
        ).row(0, named=True)
    finally:
        con.close()
