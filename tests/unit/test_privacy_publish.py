"""What a delivery says and is called never reaches the published file, the terminal, the rejects or a bug report."""

from __future__ import annotations

import csv
import io
import os
import stat
from pathlib import Path

import orjson
import polars as pl
import pytest
from synthea_files import OLDER

from dashboard import cli, sources
from dashboard.privacy.lattice import Roles
from dashboard.privacy.policy import SAFE_HARBOR
from dashboard.privacy.release import Provenance, release
from dashboard.sources.desynpuf.tables import TABLES
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
    folder = built / "w.d"
    _check_unmarked(built, capfd)
    con = connect.open_published(built / "w")
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


def _check_unmarked(built: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing that was printed, reported, rejected or published holds the mark."""
    printed = capfd.readouterr()
    assert MARK not in printed.out + printed.err
    assert MARK not in (built / "r.json").read_text() + (built / "w.d" / "rejects.csv").read_text()
    assert MARK.encode() not in (built / "w").resolve().read_bytes()
    con = connect.open_published(built / "w")
    names = connect.query(con, "select schema_name || '.' || table_name as name from duckdb_tables()")["name"]
    assert not [name for name in names if MARK in connect.query(con, f"select * from {name}").write_json()]
    con.close()


# Columns of a Synthea export that hold listed words or codes, without which no row is kept, and organizations' names.
_KEPT = {"RACE", "ETHNICITY", "GENDER", "ENCOUNTERCLASS", "TYPE", "CODE", "PROCEDURECODE", "SYSTEM", "CATEGORY"}


def _marked(name: str, text: str) -> str:
    """Each row with the mark in all free text and ids; and once more with the mark in every column."""
    rows = list(csv.DictReader(io.StringIO(text)))
    kept = _KEPT | ({"NAME"} if name == "organizations" else set())
    marked = [
        {c: MARK + v if v and not v[:4].isdigit() and c not in kept else v for c, v in row.items()} for row in rows
    ]
    return _csv(list(rows[0]), [*marked, *(dict.fromkeys(row, MARK) for row in rows)])


def _csv(header: list[str], rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _synpuf(table: str, *rows: dict[str, str]) -> str:
    header = [column.name.upper() for column in TABLES[table].columns if column.name != "year"]
    return _csv(
        header, [*rows, *({**row, column: MARK} for row in rows for column in header), dict.fromkeys(header, MARK)]
    )


def test_nothing_of_a_person_leaves_synthea_or_synpuf_files_their_links_or_their_areas(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Names, numbers, addresses, notes and ids hold the mark; so does every field once, also where it fits nothing."""
    synthea, synpuf = tmp_path / "in" / f"{MARK}a", tmp_path / "in" / f"{MARK}b"
    for folder in (synthea, synpuf):
        folder.mkdir(parents=True)
    for name, text in OLDER.items():
        (synthea / f"{name}.csv").write_text(_marked(name, text))
    who = "0A1B2C3D4E5F6071"
    months = dict.fromkeys(("BENE_HI_CVRAGE_TOT_MONS", "BENE_SMI_CVRAGE_TOT_MONS"), "12")
    person = {"DESYNPUF_ID": who, "BENE_BIRTH_DT": "19400701", "BENE_SEX_IDENT_CD": "2", "SP_STATE_CODE": "05"}
    (synpuf / f"DE1_0_2009_Beneficiary_Summary_File_{MARK}.csv").write_text(
        _synpuf("beneficiary_summary", person | months | {"BENE_RACE_CD": "1", "BENE_COUNTY_CD": "060"})
    )
    stay = {"DESYNPUF_ID": who, "CLM_ID": "196201177000368", "SEGMENT": "1", "CLM_FROM_DT": "20090412"}
    stay |= {"CLM_THRU_DT": "20090418", "PRVDR_NUM": MARK, "CLM_PMT_AMT": "4000.00", "ICD9_DGNS_CD_1": "0389"}
    (synpuf / "DE1_0_2008_to_2010_Inpatient_Claims.csv").write_text(_synpuf("inpatient_claims", stay))
    links, areas = tmp_path / f"{MARK}.csv", tmp_path / f"{MARK}-area.csv"
    links.write_text(f"data_source,source_person_id,link_id\ns1,{MARK}p1,{MARK}\ns2,{who},{MARK}\n")
    codes = "".join(f"05{n:03},06{n:03},{MARK}\n" for n in range(37, 77))
    areas.write_text(f"ssa_county_code,county_fips,name\n{codes}{MARK},{MARK},x\n")
    asked = ["build", "--source", str(synthea), "--source", str(synpuf), "--out", str(tmp_path / "w")]
    asked += ["--crosswalk", str(links), "--area", str(areas), "--report", str(tmp_path / "r.json")]
    assert _run(asked) == 0
    _check_unmarked(tmp_path, capfd)
    con = connect.open_published(tmp_path / "w")
    assert connect.query(con, "select count(distinct person_id) from published.person_year").item() > 0
    con.close()
    links.write_text(f"data_source,source_person_id,link_id\ns1,{MARK}p1,{MARK}\ns1,{MARK}p1,{MARK}2\n")
    assert _run(asked) != 0
    assert MARK not in "".join(capfd.readouterr())


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
