"""Value sets: import, starter lists, single codes, and the names that query files use."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from dashboard.errors import CheckFailed, InputError
from dashboard.measures import STARTER, coverage, load_valuesets, name_findings
from dashboard.warehouse import catalog as catalogs
from dashboard.warehouse.catalog import Catalog, read_file

HEADER = "oid,name,vs_version,system,code,cs_version\n"


def _catalog(tmp_path: Path, valuesets: str) -> Catalog:
    path = tmp_path / "queries" / "blocks" / "one.sql"
    path.parent.mkdir(parents=True)
    path.write_text(
        f"-- title: One\n-- question: Who?\n-- grain: person_id\n-- valuesets: {valuesets}\n"
        "select person_id from core.person\n"
    )
    return Catalog(tmp_path / "queries", (read_file(path, tmp_path / "queries"),))


def _file(tmp_path: Path, name: str, rows: str, header: str = HEADER) -> Path:
    path = tmp_path / name
    path.write_text(header + rows)
    return path


def test_imported_set_replaces_the_starter_list_and_unites_over_files(tmp_path: Path) -> None:
    one = _file(tmp_path, "a.csv", "9.9,Diabetes,2025,ICD10CM,E11.9,2025\n")
    two = _file(tmp_path, "b.csv", "9.9,Diabetes,2025,ICD10CM,E11.8,2025\n9.9,Diabetes,2025,ICD10CM,E11.9,2025\n")
    frame = load_valuesets([one, two], _catalog(tmp_path, "Diabetes"))
    diabetes = frame.filter(pl.col("name") == "Diabetes")
    assert diabetes["code"].to_list() == ["E11.8", "E11.9"]
    assert diabetes["status"].unique().to_list() == ["imported"]
    assert "starter" in frame["status"].to_list()


def test_imported_set_replaces_the_starter_list_of_the_same_oid_under_another_name(tmp_path: Path) -> None:
    oid = pl.read_csv(STARTER, infer_schema=False, comment_prefix="#").filter(pl.col("name") == "Diabetes")["oid"][0]
    path = _file(tmp_path, "a.csv", f"{oid},Diabetes renamed,,ICD10CM,E11.9,\n")
    frame = load_valuesets([path], _catalog(tmp_path, "Mammography"))
    assert "Diabetes" not in frame["name"].to_list()
    assert "Diabetes renamed" in frame["name"].to_list()


def test_single_code_is_its_own_set(tmp_path: Path) -> None:
    frame = load_valuesets([], _catalog(tmp_path, "LOINC|97506-0; Diabetes"))
    assert frame.filter(pl.col("status") == "code").to_dicts() == [
        {"oid": None, "name": "LOINC|97506-0", "version": None, "system": "LOINC", "code": "97506-0", "status": "code"}
    ]


def test_sets_that_share_a_name_are_told_apart(tmp_path: Path) -> None:
    path = _file(tmp_path, "a.csv", "1.1,Twin,,ICD10CM,A00,\n2.2,Twin,,ICD10CM,B00,\n")
    frame = load_valuesets([path], _catalog(tmp_path, "Twin [1.1]"))
    assert sorted(n for n in frame["name"].to_list() if n.startswith("Twin")) == ["Twin [1.1]", "Twin [2.2]"]


def test_systems_by_their_address_become_short_names(tmp_path: Path) -> None:
    rows = "1.1,Mine,,http://snomed.info/sct,1,\n1.1,Mine,,HCPCS Level II,G0438,\n1.1,Mine,,https://nahdo.org/sopt,1,\n"
    frame = load_valuesets([_file(tmp_path, "a.csv", rows)], _catalog(tmp_path, "Mine"))
    found = set(frame.filter(pl.col("name") == "Mine")["system"].to_list())
    assert found == {"SNOMEDCT", "HCPCS", "https://nahdo.org/sopt"}


def test_unknown_name_fails_with_the_file_named(tmp_path: Path) -> None:
    with pytest.raises(
        CheckFailed, match=r"queries/blocks/one\.sql:1: names the value set 'Diabets', which is unknown"
    ):
        load_valuesets([], _catalog(tmp_path, "Diabets"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"oid,name,code\n1,a,b\n", "lacks the column system"),
        (b"oid,name,system,code\n1,,ICD10CM,A00\n", "rows without a value-set name"),
        (b"oid,name,system,code\n1,\xff\xfe,ICD10CM,A00\n", "can't be read"),
        (b"", "can't be read"),
    ],
)
def test_broken_files_say_what_is_wrong(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "v.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        load_valuesets([path], _catalog(tmp_path, "Diabetes"))


def test_absent_file_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        load_valuesets([tmp_path / "absent.csv"], _catalog(tmp_path, "Diabetes"))


def test_coverage_tells_how_each_named_set_is_filled(tmp_path: Path) -> None:
    catalog = _catalog(tmp_path, "Diabetes; Telephone Visits; LOINC|97506-0; Mammography")
    path = _file(tmp_path, "a.csv", "9.9,Mammography,,LOINC,24606-6,\n")
    frame = coverage(catalog, load_valuesets([path], catalog))
    found = dict(frame.select("name", "status").iter_rows())
    assert found == {
        "Diabetes": "starter",
        "LOINC|97506-0": "code",
        "Mammography": "imported",
        "Telephone Visits": "missing",
    }


def test_starter_lists_hold_open_code_systems_only() -> None:
    starter = pl.read_csv(STARTER, infer_schema=False, comment_prefix="#")
    assert set(starter["system"].drop_nulls()) == {"ICD10CM", "ICD10PCS", "HCPCS", "LOINC"}
    assert starter.select("name", "system", "code").is_unique().all()
    assert starter.group_by("name").agg(pl.col("oid").n_unique())["oid"].to_list() == [1] * starter["name"].n_unique()
    hcpcs = starter.filter(pl.col("system") == "HCPCS")["code"]
    assert hcpcs.str.contains(r"^[A-V]\d{4}$").all()
    icd = starter.filter(pl.col("system") == "ICD10CM")["code"]
    assert icd.str.contains(r"^[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?$").all()


def test_header_and_sql_name_the_same_sets(tmp_path: Path) -> None:
    catalog = _catalog(tmp_path, "Diabetes; LOINC|97506-0; Diabets")
    path = catalog.files[0].path
    path.write_text(path.read_text() + "where 'Mammography' = 'Diabetes' and 'CPT|97802' = 'any text'\n")
    broken = Catalog(catalog.root, (read_file(path, catalog.root),))
    found = [problem.what for problem in name_findings(broken)]
    assert found == [
        "names the value set 'Diabets', which is unknown",
        "the SQL, but not the header, names the value set 'CPT|97802'",
        "the header, but not the SQL, names the value set 'Diabets'",
        "the header, but not the SQL, names the value set 'LOINC|97506-0'",
        "the SQL, but not the header, names the value set 'Mammography'",
    ]


def test_the_project_names_its_sets_consistently() -> None:
    assert name_findings(catalogs.load()) == []
