"""CMS DE-SynPUF: a small hand-written delivery, and what happens to it on its way here."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from sources_harness import Loaded, load

from dashboard.errors import InputError
from dashboard.sources.desynpuf.tables import TABLES
from dashboard.warehouse import area, reference

PERSON, OTHER = "0A1B2C3D4E5F6071", "1234567890123456"
Rows = list[dict[str, str]]


def _order(table: str) -> list[str]:
    return [column.name.upper() for column in TABLES[table].columns if column.name != "year"]


def _text(table: str, rows: Rows, *, header: list[str] | None = None, delimiter: str = ",", end: str = "\n") -> str:
    header = header or _order(table)
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="", delimiter=delimiter, lineterminator=end, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _beneficiary(identity: str = PERSON, **more: str) -> dict[str, str]:
    return {
        "DESYNPUF_ID": identity, "BENE_BIRTH_DT": "19400701", "BENE_SEX_IDENT_CD": "2", "BENE_RACE_CD": "1",
        "BENE_ESRD_IND": "0", "SP_STATE_CODE": "05", "BENE_COUNTY_CD": "060", "BENE_HI_CVRAGE_TOT_MONS": "12",
        "BENE_SMI_CVRAGE_TOT_MONS": "11", "BENE_HMO_CVRAGE_TOT_MONS": "3", "PLAN_CVRG_MOS_NUM": "00",
        "SP_DIABETES": "1", "SP_CHF": "2", "MEDREIMB_IP": "4040.00",
    } | more  # fmt: skip


def _stay(claim: str = "196201177000368", **more: str) -> dict[str, str]:
    return {
        "DESYNPUF_ID": PERSON, "CLM_ID": claim, "SEGMENT": "1", "CLM_FROM_DT": "20090412", "CLM_THRU_DT": "20090418",
        "PRVDR_NUM": "3900MB", "CLM_PMT_AMT": "4000.00", "NCH_PRMRY_PYR_CLM_PD_AMT": "0.00",
        "AT_PHYSN_NPI": "0476809087", "CLM_ADMSN_DT": "20090412", "ADMTNG_ICD9_DGNS_CD": "7866",
        "CLM_PASS_THRU_PER_DIEM_AMT": "10.00", "NCH_BENE_IP_DDCTBL_AMT": "1068.00", "CLM_UTLZTN_DAY_CNT": "4",
        "NCH_BENE_DSCHRG_DT": "20090418", "CLM_DRG_CD": "089", "ICD9_DGNS_CD_1": "0389", "ICD9_DGNS_CD_2": "V5866",
    } | more  # fmt: skip


STAYS: Rows = [
    _stay(),
    _stay("196661177015632", CLM_PMT_AMT="-300.00", CLM_DRG_CD="201", AT_PHYSN_NPI="1611998537", ICD9_DGNS_CD_1="4019"),
    _stay("196661177015632", SEGMENT="2", CLM_FROM_DT="", CLM_THRU_DT="", CLM_PMT_AMT="500.00", CLM_DRG_CD="OTH"),
]


def _write(folder: Path, files: dict[str, str | bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def _delivery(**changed: str | bytes) -> dict[str, str | bytes]:
    """File name → text of a whole delivery: two years and three rows of hospital claims."""
    return {
        "DE1_0_2008_Beneficiary_Summary_File_Sample_9.csv": _text(
            "beneficiary_summary", [_beneficiary(), _beneficiary(OTHER, BENE_DEATH_DT="20081101", BENE_RACE_CD="5")]
        ),
        "DE1_0_2009_Beneficiary_Summary_File_Sample_9.csv": _text(
            "beneficiary_summary", [_beneficiary(BENE_HI_CVRAGE_TOT_MONS="7")]
        ),
        "DE1_0_2008_to_2010_Inpatient_Claims_Sample_9.csv": _text("inpatient_claims", STAYS),
    } | changed


def _staged(loaded: Loaded, *crosswalks: Path) -> Loaded:
    loaded.con.execute("create schema if not exists reference")
    reference.create(loaded.con, area.read(crosswalks), is_synthetic=False)
    return loaded.stage()


def _load(tmp_path: Path, files: dict[str, str | bytes]) -> Loaded:
    loaded = load(tmp_path, _write(tmp_path / "in", files))
    for row in loaded.rows:
        row.check()
    return loaded


def _claims(tmp_path: Path, text: str | bytes) -> Loaded:
    return _load(tmp_path, {"inpatient.csv": text})


def test_a_delivery_is_read_and_staged(tmp_path: Path) -> None:
    loaded = _staged(_load(tmp_path, _delivery()))
    assert loaded.counts() == {"beneficiary_summary": (3, 3, 0, 0, 0), "inpatient_claims": (3, 3, 0, 0, 0)}
    people = (
        "select source_person_id, sex, race, ethnicity, state, county_fips, is_deceased from staging.person order by 1"
    )
    assert loaded.query(people) == [
        (PERSON, "female", "White", None, "CA", None, False),
        (OTHER, "female", None, "Hispanic or Latino", "CA", None, True),
    ]
    months = """select source_person_id, year(start_date), month(end_date) from staging.eligibility
        where covers_medical order by 1, 2"""
    assert loaded.query(months) == [(PERSON, 2008, 12), (PERSON, 2009, 7), (OTHER, 2008, 12)]
    claims = """select claim_id, count(*), sum(paid_usd)::double from staging.medical_claim
        where status = 'active' group by 1 order by 1"""
    assert loaded.query(claims) == [("inpatient-196201177000368", 1, 4000.0), ("inpatient-196661177015632", 1, -300.0)]
    assert loaded.query("select sum(paid_usd)::double from staging.medical_claim") == [(4200.0,)]


def _shuffled(text: str) -> str:
    rows = list(csv.reader(io.StringIO(text)))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([row[::-1] for row in rows])
    return out.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(",", ";"),
        lambda text: text.replace(",", "\t"),
        lambda text: text.replace(",", "|"),
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n\n",
        lambda text: text.replace(text.split("\n")[0], text.split("\n")[0].lower()),
        _shuffled,
        lambda text: "\n".join('"' + line.replace(",", '","') + '"' for line in text.splitlines()) + "\n",
        lambda text: text.replace("20090412", "2009-04-12").replace("20090418", "2009-04-18"),
        lambda text: text.replace("20090412", "4/12/2009").replace("20090418", "4/18/2009"),
        lambda text: "".join(f"{line},{'x' if number else 'NOTE'}\n" for number, line in enumerate(text.splitlines())),
    ],
    ids=["bom", "crlf", "semicolons", "tabs", "bars", "no last line end", "blank lines", "lower case", "other order",
         "all quoted", "iso dates", "spreadsheet dates", "another column"],
)  # fmt: skip
def test_the_same_rows_written_in_another_way_say_the_same(tmp_path: Path, change: Callable[[str], str]) -> None:
    query = "select * from staging.medical_claim order by claim_id, claim_line_number"
    text = _text("inpatient_claims", STAYS)
    plain = _staged(_claims(tmp_path / "a", text)).query(query)
    changed = _staged(_claims(tmp_path / "b", change(text)))
    assert changed.counts() == {"inpatient_claims": (3, 3, 0, 0, 0)}
    assert changed.query(query) == plain


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("CLM_ID", "1.96201E+14", "no readable clm_id"),
        ("CLM_ID", "", "no readable clm_id"),
        ("CLM_ID", "A00", "clm_id isn't a claim number of 12 to 17 digits"),
        ("DESYNPUF_ID", "1.23457E+15", "desynpuf_id isn't 16 hexadecimal digits"),
        ("DESYNPUF_ID", "A1B2C3D4E5F6071", "desynpuf_id isn't 16 hexadecimal digits"),
        ("ICD9_DGNS_CD_1", "38", "a code has lost its leading zeros"),
        ("ICD9_DGNS_CD_2", "2.5E+04", "a diagnosis code is written as a number or with a dot"),
        ("ICD9_DGNS_CD_2", "250.0", "a diagnosis code is written as a number or with a dot"),
        ("AT_PHYSN_NPI", "476809087", "a code has lost its leading zeros"),
        ("AT_PHYSN_NPI", "4.76809E+08", "at_physn_npi can't be read with certainty"),
        ("CLM_DRG_CD", "89", "a code has lost its leading zeros"),
        ("CLM_PMT_AMT", "much", "no readable clm_pmt_amt"),
        ("CLM_PMT_AMT", "", "no readable clm_pmt_amt"),
        ("CLM_FROM_DT", "", "the claim's first row has no readable clm_from_dt"),
        ("CLM_FROM_DT", "20091340", "clm_from_dt can't be read with certainty"),
        ("SEGMENT", "0", "segment is less than 1"),
    ],
)
def test_a_damaged_field_rejects_its_row_and_says_why(tmp_path: Path, column: str, value: str, reason: str) -> None:
    rows = [{**STAYS[0], column: value}, *STAYS[1:], _stay("196661177015699", CLM_DRG_CD="012")]
    loaded = _claims(tmp_path, _text("inpatient_claims", rows))
    assert loaded.counts()["inpatient_claims"] == (4, 3, 0, 1, 0)
    assert loaded.rejects == [f"s1,1,1,inpatient_claims,{reason}"]


def test_a_file_without_any_leading_zero_left_is_refused_whole(tmp_path: Path) -> None:
    """0389 became 389, which is another diagnosis: the short provider number betrays what happened to all codes."""
    bare = [{name: value.lstrip("0") if value.isdigit() else value for name, value in row.items()} for row in STAYS]
    claims = {"DE1_0_2008_to_2010_Inpatient_Claims_Sample_9.csv": _text("inpatient_claims", bare)}
    loaded = _load(tmp_path, _delivery() | claims)
    assert loaded.counts()["inpatient_claims"] == (3, 0, 0, 3, 0)
    assert all("have lost their leading zeros" in line for line in loaded.rejects)


def test_counties_and_months_survive_a_spreadsheet(tmp_path: Path) -> None:
    """A state has two digits and a county three, so their zeros can be put back with certainty."""
    text = _text("beneficiary_summary", [_beneficiary(SP_STATE_CODE="5", BENE_COUNTY_CD="60", PLAN_CVRG_MOS_NUM="0")])
    loaded = _load(tmp_path, {"2008.csv": text})
    crosswalk = _write(tmp_path / "area", {"x.csv": "SSA county;FIPS county;name\n5060;6013;x\n"}) / "x.csv"
    _staged(loaded, crosswalk)
    assert loaded.query("select state, county_fips from staging.person") == [("CA", "06013")]


@pytest.mark.parametrize("months", ["13", "-1", "", "twelve", "1.5E+01"])
def test_months_that_no_year_has_are_refused(tmp_path: Path, months: str) -> None:
    rows = [_beneficiary(), _beneficiary(OTHER, BENE_HI_CVRAGE_TOT_MONS=months)]
    loaded = _load(tmp_path, {"2008.csv": _text("beneficiary_summary", rows)})
    assert loaded.counts() == {"beneficiary_summary": (2, 1, 0, 1, 0)}


@pytest.mark.parametrize("name", ["beneficiaries.csv", "DE1_0_2008_to_2009_Beneficiary_Summary.csv"])
def test_a_beneficiary_file_must_say_its_year(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"beneficiary_summary\.year"):
        _load(tmp_path, {name: _text("beneficiary_summary", [_beneficiary()])})


def test_a_year_may_stand_in_a_column(tmp_path: Path) -> None:
    rows = [_beneficiary(YEAR="2010")]
    text = _text("beneficiary_summary", rows, header=[*_order("beneficiary_summary"), "YEAR"])
    loaded = _load(tmp_path, {"beneficiaries.csv": text})
    assert loaded.query("select year from raw.desynpuf_beneficiary_summary") == [(2010,)]


@pytest.mark.parametrize("column", ["CLM_ID", "DESYNPUF_ID", "SEGMENT", "CLM_PMT_AMT", "CLM_FROM_DT", "ICD9_DGNS_CD_1"])
@pytest.mark.parametrize("renamed", ["", "SOMETHING_ELSE"], ids=["missing", "renamed"])
def test_a_missing_or_renamed_column_is_named(tmp_path: Path, column: str, renamed: str) -> None:
    header = [renamed if name == column else name for name in _order("inpatient_claims")]
    text = _text("inpatient_claims", STAYS, header=[name for name in header if name])
    with pytest.raises(InputError, match=rf"inpatient_claims\.{column.lower()}"):
        _claims(tmp_path, text)


def test_half_a_last_line_and_wrong_quoting_cost_their_rows_only(tmp_path: Path) -> None:
    lines = _text("inpatient_claims", STAYS).splitlines()
    broken = [lines[0], lines[1].replace("3900MB", '"3900MB'), lines[2], lines[3][:40]]
    loaded = _claims(tmp_path, "\n".join(broken))
    assert loaded.counts()["inpatient_claims"] == (3, 1, 0, 2, 0)
    assert [line.split(",")[2] for line in loaded.rejects] == ["1", "3"]


def test_files_and_rows_that_come_twice_count_once(tmp_path: Path) -> None:
    files = _delivery()
    copies = {name.replace("Sample_9", "Sample_9_copy"): text for name, text in files.items()}
    loaded = _staged(_load(tmp_path, files | copies))
    assert loaded.counts() == {"beneficiary_summary": (6, 3, 3, 0, 0), "inpatient_claims": (6, 3, 3, 0, 0)}
    assert loaded.query("select count(*), sum(paid_usd)::double from staging.medical_claim") == [(3, 4200.0)]


def test_the_order_of_files_changes_nothing(tmp_path: Path) -> None:
    """The same person with other words in the same year: which row stays is decided by what they say."""
    other = _text("beneficiary_summary", [_beneficiary(BENE_HI_CVRAGE_TOT_MONS="5", SP_STATE_CODE="33")])
    name = "DE1_0_2009_Beneficiary_Summary_File_Sample_"
    found = []
    for number, order in enumerate(("18", "81")):
        files = {
            f"{name}{order[0]}.csv": other,
            f"{name}{order[1]}.csv": _text("beneficiary_summary", [_beneficiary()]),
        }
        loaded = _staged(_load(tmp_path / str(number), files))
        found.append(
            loaded.query("select * from staging.person")
            + loaded.query("select * from staging.eligibility order by all")
        )
    assert found[0] == found[1]


def test_the_other_files_of_the_release(tmp_path: Path) -> None:
    files = _delivery() | {
        "outpatient.csv": _text("outpatient_claims", [
            {"DESYNPUF_ID": PERSON, "CLM_ID": "542192281063886", "SEGMENT": "1", "CLM_FROM_DT": "20080904",
             "CLM_THRU_DT": "20080904", "CLM_PMT_AMT": "50.00", "NCH_BENE_PTB_COINSRNC_AMT": "10.00",
             "ICD9_DGNS_CD_1": "V5841", "HCPCS_CD_1": "85610"}]),
        "carrier_A.csv": _text("carrier_claims", [
            {"DESYNPUF_ID": PERSON, "CLM_ID": "887213386947664", "CLM_FROM_DT": "20090215", "CLM_THRU_DT": "20090215",
             "ICD9_DGNS_CD_1": "3598", "PRF_PHYSN_NPI_1": "0684824253", "TAX_NUM_1": "439749187", "HCPCS_CD_1": "99213",
             "LINE_NCH_PMT_AMT_1": "30.00", "LINE_ALOWD_CHRG_AMT_1": "60.00", "LINE_PRCSG_IND_CD_1": "A"}]),
        "pde.csv": _text("prescription_drug_events", [
            {"DESYNPUF_ID": PERSON, "PDE_ID": "831014490997427", "SRVC_DT": "20090814", "PROD_SRVC_ID": "00093755405",
             "QTY_DSPNSD_NUM": "30.000", "DAYS_SUPLY_NUM": "30", "PTNT_PAY_AMT": "10.00", "TOT_RX_CST_AMT": "20.00"}]),
    }  # fmt: skip
    loaded = _staged(_load(tmp_path, files))
    assert {kind: row[1] for kind, row in loaded.counts().items()} == {
        "beneficiary_summary": 3, "inpatient_claims": 3, "outpatient_claims": 1, "carrier_claims": 1,
        "prescription_drug_events": 1,
    }  # fmt: skip
    lines = """select claim_id, hcpcs_code, paid_usd::double, allowed_usd::double from staging.medical_claim
        where hcpcs_code is not null order by 1"""
    assert loaded.query(lines) == [
        ("carrier-887213386947664", "99213", 30.0, 60.0), ("outpatient-542192281063886", "85610", 50.0, 60.0),
    ]  # fmt: skip
    assert loaded.query("select ndc_code, paid_usd::double from staging.pharmacy_claim") == [("00093755405", 10.0)]
    covered = "select distinct plan from staging.eligibility where covers_medical order by 1"
    assert loaded.query(covered) == [("Medicare Part A",), ("Medicare Part B",)]
