"""Inputs that arrive already de-identified: years for dates, topped ages, three digits of a ZIP code, no county."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from sources_harness import Loaded, load

from dashboard.sources import capabilities
from dashboard.warehouse import build, connect

ELIGIBILITY = "person_id,payer,enrollment_start_date,enrollment_end_date\n"
CLAIMS = "claim_id,claim_line_number,claim_type,person_id,claim_start_date,claim_end_date,paid_amount,allowed_amount\n"


def _load(tmp_path: Path, **tables: str) -> Loaded:
    folder = tmp_path / "in"
    folder.mkdir(parents=True)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text)
    return load(tmp_path, folder).stage()


def _capabilities(loaded: Loaded) -> dict[str, str]:
    """Why, by capability, of what is missing."""
    return {name: reason for _, name, is_available, reason in capabilities(loaded.con) if not is_available}


@pytest.mark.parametrize("header", ["birth_date", "birth_year", "year_of_birth"])
def test_a_year_of_birth_is_its_first_day_and_says_so(tmp_path: Path, header: str) -> None:
    loaded = _load(tmp_path, patient=f"person_id,sex,{header}\na,F,1950\nb,M,1951\n")
    assert loaded.query("select birth_date from staging.person order by 1") == [
        (dt.date(1950, 1, 1),),
        (dt.date(1951, 1, 1),),
    ]
    assert loaded.query("select distinct birth_date_precision from raw.input_layer_patient") == [("year",)]
    assert _capabilities(loaded)["exact_birth_dates"] == "dates of birth are given by year only"
    assert "exact_dates" not in _capabilities(loaded)
    assert loaded.notes == []


@pytest.mark.parametrize("text", ["90+", "90 or older", ">89", ">= 90", "90 and over", "Age 90+"])
def test_an_age_that_is_topped_is_the_least_it_can_be(tmp_path: Path, text: str) -> None:
    eligibility = ELIGIBILITY + "a,P,2022-01-01,2022-12-31\na,P,2024-01-01,2024-12-31\n"
    loaded = _load(tmp_path, patient=f"person_id,sex,birth_date\na,F,{text}\nb,M,1950\n", eligibility=eligibility)
    assert loaded.query("select birth_date from staging.person order by 1") == [
        (dt.date(1934, 1, 1),),
        (dt.date(1950, 1, 1),),
    ]
    assert loaded.notes == []


def test_a_topped_age_may_stand_in_a_column_of_ages(tmp_path: Path) -> None:
    patient = "person_id,sex,birth_year,age\na,F,,90+\nb,M,1950,74\nc,M,,\n"
    loaded = _load(tmp_path, patient=patient, eligibility=ELIGIBILITY + "a,P,2024-01-01,2024-12-31\n")
    query = "select source_person_id, year(birth_date) from staging.person order by 1"
    assert loaded.query(query) == [("a", 1934), ("b", 1950), ("c", None)]


@pytest.mark.parametrize(
    ("written", "zip_code"),
    [
        ("021", "021"),
        ("021**", "021"),
        ("021XX", "021"),
        ("02139", "02139"),
        ("000", None),
        ("00000", None),
        ("02", None),
    ],
)
def test_three_digits_of_a_zip_code(tmp_path: Path, written: str, zip_code: str | None) -> None:
    loaded = _load(tmp_path, patient=f"person_id,sex,birth_date,zip_code\na,F,1950-05-06,{written}\n")
    assert loaded.query("select zip_code from staging.person") == [(zip_code,)]


@pytest.mark.parametrize(
    ("start", "end", "precision", "first", "last"),
    [
        ("2024", "2024", "year", dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
        ("2024-02", "2024-02", "month", dt.date(2024, 2, 1), dt.date(2024, 2, 29)),
        ("202402", "202403", "month", dt.date(2024, 2, 1), dt.date(2024, 3, 31)),
        ("2024-02-05", "2024", "year", dt.date(2024, 2, 5), dt.date(2024, 12, 31)),
    ],
)
def test_a_date_of_service_without_a_day_says_so(
    tmp_path: Path, start: str, end: str, precision: str, first: dt.date, last: dt.date
) -> None:
    claims = CLAIMS + f"c1,1,professional,a,{start},{end},10,12\nc2,1,professional,a,2024-05-06,2024-05-06,10,12\n"
    loaded = _load(tmp_path, patient="person_id,sex,birth_date\na,F,1950-05-06\n", medical_claim=claims)
    query = "select claim_start_date, claim_end_date from staging.medical_claim where claim_id = 'c1'"
    assert loaded.query(query) == [(first, last)]
    assert _capabilities(loaded)["exact_dates"] == f"dates of service are given by {precision} only"


def test_years_of_enrolment_are_no_months(tmp_path: Path) -> None:
    patient = "person_id,sex,birth_date\na,F,1950-05-06\n"
    by_year = _load(tmp_path / "1", patient=patient, eligibility=ELIGIBILITY + "a,P,2024,2024\n")
    assert _capabilities(by_year)["monthly_enrolment"] == "enrolment is given by year only"
    by_month = _load(tmp_path / "2", patient=patient, eligibility=ELIGIBILITY + "a,P,2024-01,2024-06\n")
    assert "monthly_enrolment" not in _capabilities(by_month)
    assert by_month.query("select start_date, end_date from staging.eligibility") == [
        (dt.date(2024, 1, 1), dt.date(2024, 6, 30))
    ]


def test_parquet_holds_years_as_numbers(tmp_path: Path) -> None:
    (folder := tmp_path / "in").mkdir()
    pl.DataFrame({"person_id": ["a", "b"], "sex": ["F", "M"], "birth_date": [1950, 1951]}).write_parquet(
        folder / "patient.parquet"
    )
    loaded = load(tmp_path, folder).stage()
    assert loaded.query("select year(birth_date), month(birth_date) from staging.person order by 1") == [
        (1950, 1),
        (1951, 1),
    ]
    assert _capabilities(loaded)["exact_birth_dates"] == "dates of birth are given by year only"


def test_what_is_no_date_is_still_none(tmp_path: Path) -> None:
    loaded = _load(tmp_path, patient="person_id,sex,birth_date\na,F,2124\nb,M,195\nc,M,19501\nd,F,1950-13\n")
    assert loaded.query("select count(birth_date) from staging.person") == [(0,)]
    assert loaded.notes == ["s1 patient: 4 values of birth_date can't be read; left empty"]


def test_a_build_of_years_shows_costs_and_no_measures(tmp_path: Path) -> None:
    """Members and what they cost by year; measures, stays and visits need days and say so."""
    (folder := tmp_path / "in").mkdir()
    people = [f"p{number:02}" for number in range(40)]
    (folder / "patient.csv").write_text(
        "person_id,sex,birth_year,zip_code\n" + "".join(f"{p},F,19{40 + n},021**\n" for n, p in enumerate(people))
    )
    (folder / "eligibility.csv").write_text(ELIGIBILITY + "".join(f"{p},P,2024,2024\n" for p in people))
    lines = "".join(f"c{p},1,professional,{p},2024,2024,10,12.5\n" for p in people)
    (folder / "medical_claim.csv").write_text(CLAIMS + lines)
    build.run(build.Request((folder,), tmp_path / "w"))
    con = connect.build(tmp_path / "w.d" / "build.duckdb")
    year = "select year, sum(member_months), sum(medical_allowed_usd)::double, min(age_years), max(age_years)"
    assert connect.query(con, f"{year} from marts.person_year group by 1").rows() == [(2024, 480, 500.0, 45, 84)]
    assert connect.query(con, "select distinct zip_code, zip3 from core.person").rows() == [(None, "021")]
    missing = connect.query(con, "select capability, reason from core.capability where not is_available").rows()
    assert dict(missing)["exact_dates"] == "dates of service are given by year only"
    assert connect.query(con, "select count(*) from cubes.measure").rows() == [(0,)]
    con.close()
