"""What a source can answer: by its rows, and in the words of its format."""

from __future__ import annotations

from pathlib import Path

import pytest
from sources_harness import load

from dashboard.errors import CheckFailed
from dashboard.sources import capabilities
from dashboard.warehouse.catalog import read_file

PATIENT = "person_id,birth_date,sex\np1,1950-01-01,F\n"
CLAIM = "claim_id,claim_line_number,claim_type,person_id,claim_start_date,bill_type_code,admission_date,paid_amount\n"
SEEN = {"outpatient_claims", "outpatient", "emergency"}
STAYED = {"inpatient_claims", "inpatient"}


def _missing(tmp_path: Path, claims: str) -> dict[str, str]:
    (folder := tmp_path / "in").mkdir()
    (folder / "patient.csv").write_text(PATIENT)
    (folder / "medical_claim.csv").write_text(CLAIM + claims)
    loaded = load(tmp_path, folder).stage()
    return {name: reason for _, name, is_available, reason in capabilities(loaded.con) if not is_available}


@pytest.mark.parametrize(
    ("claim", "has"),
    [
        ("c1,1,professional,p1,2025-01-02,,,10", SEEN),
        ("c1,1,institutional,p1,2025-01-02,131,,10", SEEN),
        ("c1,1,institutional,p1,2025-01-02,,,10", SEEN),
        ("c1,1,institutional,p1,2025-01-02,111,2025-01-02,10", STAYED),
        ("c1,1,institutional,p1,2025-01-02,,2025-01-02,10", STAYED),
        ("c1,1,institutional,p1,2025-01-02,211,2025-01-02,10", set()),
        ("c1,1,dental,p1,2025-01-02,,,10", set()),
    ],
    ids=["professional", "outpatient bill", "no bill type", "inpatient bill", "admission", "skilled nursing", "dental"],
)
def test_stays_say_nothing_of_visits_and_visits_nothing_of_stays(tmp_path: Path, claim: str, has: set[str]) -> None:
    missing = _missing(tmp_path, claim + "\n")
    assert (SEEN | STAYED) - set(missing) == has
    assert "paid_amounts" not in missing
    assert missing["allowed_amounts"] == "no claim states what was allowed"
    assert missing["labs"] == "no laboratory results"


def test_a_format_has_its_own_words(tmp_path: Path) -> None:
    text = (
        "DESYNPUF_ID,YEAR,BENE_BIRTH_DT,BENE_DEATH_DT,BENE_SEX_IDENT_CD,BENE_RACE_CD,SP_STATE_CODE,BENE_COUNTY_CD,"
        "BENE_HI_CVRAGE_TOT_MONS,BENE_SMI_CVRAGE_TOT_MONS,BENE_HMO_CVRAGE_TOT_MONS,PLAN_CVRG_MOS_NUM\n"
        "0A1B2C3D4E5F6071,2008,19400701,,2,1,05,060,12,12,0,0\n"
    )
    (tmp_path / "beneficiaries.csv").write_text(text)
    loaded = load(tmp_path, tmp_path / "beneficiaries.csv").stage()
    missing = {name: reason for _, name, is_available, reason in capabilities(loaded.con) if not is_available}
    assert missing["labs"] == "DE-SynPUF holds no laboratory results"
    assert missing["monthly_enrolment"] == "only the number of months a year is known"
    assert "--area" in missing["county"]
    assert "enrolment" not in missing


def test_a_measure_may_need_only_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "queries" / "measures" / "m.sql"
    path.parent.mkdir(parents=True)
    keys = {
        "title": "M",
        "id": "M",
        "question": "Who?",
        "grain": "person_id",
        "better": "higher",
        "why": "So.",
        "spec": "1",
    }
    head = "".join(f"-- {key}: {value}\n" for key, value in keys.items())
    path.write_text(f"{head}-- needs: labs, tea leaves\nselect 1 as person_id")
    with pytest.raises(CheckFailed, match="tea leaves"):
        read_file(path, tmp_path / "queries")
    path.write_text(f"{head}select 1 as person_id")
    with pytest.raises(CheckFailed, match="lacks needs"):
        read_file(path, tmp_path / "queries")
