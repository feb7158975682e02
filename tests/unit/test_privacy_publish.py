"""What a delivery says and is called never reaches the published file, the terminal, the rejects or a bug report."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import orjson
import polars as pl
import pytest

from dashboard import cli, sources
from dashboard.privacy.lattice import Roles
from dashboard.privacy.policy import SAFE_HARBOR
from dashboard.privacy.release import Provenance, release
from dashboard.warehouse import catalog, connect, publish

MARK = "JANEROE"


def _resource(kind: object, **more: object) -> dict[str, object]:
    return {"resourceType": kind, "id": f"{MARK}-1", "name": [{"family": MARK}], **more}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of a delivery whose file names, ids, texts and types all name a person; real, so Safe Harbor."""
    folder = tmp_path_factory.mktemp("named")
    who = {"reference": f"Patient/{MARK}-1"}
    records = [
        _resource("Patient", gender="female", birthDate="1960-01-01"),
        _resource("Encounter", status=MARK, subject=who, period={"start": "2025-02-01", "end": MARK}),
        _resource("Encounter", id="e2", status="finished", subject=who, **{"class": {"code": "AMB"}},
                  period={"start": "2025-02-01T10:00:00Z", "end": "2025-02-01T11:00:00Z"}),
        _resource("Organization", name=None),
        _resource(f"{MARK}Type"),
        _resource([MARK]),
    ]  # fmt: skip
    source = folder / "in" / MARK
    source.mkdir(parents=True)
    bundle = {"resourceType": "Bundle", "entry": [{"resource": one} for one in records]}
    (source / f"{MARK}.json").write_bytes(orjson.dumps(bundle))
    (source / f"{MARK}.ndjson").write_text(f'{{"resourceType":"Patient"}}\n{{"{MARK}\n')
    free = ",".join(5 * [MARK])
    (source / "patient.csv").write_text(
        "person_id,sex,birth_date,race,ethnicity,language,county,zip_code,state\n"
        f"{MARK},female,{MARK},{free},JR\n{MARK}2,{MARK},1960-01-01,{free},JR\n"
    )
    (source / "eligibility.csv").write_text(
        "person_id,member_id,payer,payer_type,plan,enrollment_start_date,enrollment_end_date,covers_medical\n"
        f"{MARK}2,{MARK},{MARK},{MARK},{MARK},2025-01-01,2025-12-31,{MARK}\n"
    )
    (source / f"{MARK}.txt").write_text(MARK)
    return folder


def test_nothing_of_a_person_is_printed_or_published(built: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = os.umask(0o022)
    try:
        _run(["build", "--source", str(built / "in"), "--out", str(built / "w"), "--report", str(built / "r.json")])
    finally:
        os.umask(before)
    printed = capfd.readouterr()
    folder = built / "w.d"
    assert MARK not in printed.out + printed.err
    assert MARK not in (built / "r.json").read_text() + (folder / "rejects.csv").read_text()
    assert MARK.encode() not in (built / "w").resolve().read_bytes()
    con = connect.open_published(built / "w")
    names = connect.query(con, "select schema_name || '.' || table_name as name from duckdb_tables()")["name"]
    assert not [name for name in names if MARK in connect.query(con, f"select * from {name}").write_json()]
    groups = "select distinct language, payer_type, race, sex, state from published.person_year order by all"
    assert connect.query(con, groups).rows() == [
        ("Other language", "other", None, None, None),
        (None, None, None, "female", None),
    ]
    assert "files" not in connect.query(con, "select * from published.source").columns  # each may be a person's
    con.close()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}
    assert set(modes.values()) == {0o600}, modes
    assert not [path.name for path in folder.iterdir() if path.name == "spill"]


def test_a_released_frame_cannot_be_changed_for_others() -> None:
    frame = pl.DataFrame({"people": [20]})
    said = Provenance("Safe Harbor", "w", "queries/panels/x/y.sql", (), "", 0)
    released = release(frame, Roles.from_header({"counts": "people"}), SAFE_HARBOR, said, on_lattice=True)
    released.frame[0, "people"] = 3
    assert released.frame["people"].to_list() == [20]


def test_a_bug_keeps_its_place_but_not_its_message(
    built: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError(MARK) from KeyError(MARK)

    monkeypatch.setattr(sources, "load", broken)
    assert _run(["build", "--source", str(built / "in"), "--out", str(built / "other")]) == 70
    printed = capfd.readouterr().err
    assert MARK not in printed
    assert "ValueError" in printed and "KeyError" in printed and "in broken" in printed


def _run(arguments: list[str]) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["careparity", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
    return int(ended.value.code or 0)


def test_who_reaches_90_has_no_row_that_tells_an_age() -> None:
    con = connect.memory()
    con.execute("create schema published; attach ':memory:' as target; create schema target.published")
    con.execute(
        "create table published.person_year as select * from (values (1, 2019, 85), (1, 2024, 90), (2, 2019, 85))"
        " as t(person_id, year, age_years)"
    )
    con.execute(
        "create table published.measure_person as select * from (values (1, 'CMS165', 2019), (2, 'CMS165', 2019))"
        " as t(person_id, measure_id, year)"
    )
    files = {file.name: file for file in catalog.load().of("published")}
    for name in ("person_year", "measure_person"):
        publish._write_person_table(con, files[name], SAFE_HARBOR)
    ages = con.execute("select person_id, age_years from target.published.person_year order by all").fetchall()
    assert ages == [(1, 90), (1, 90), (2, 85)]
    assert con.execute("select person_id from target.published.measure_person").fetchall() == [(2,)]
