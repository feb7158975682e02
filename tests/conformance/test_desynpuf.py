"""The published sample of CMS DE-SynPUF, when CAREPARITY_INPUTS names its folder: independent counts, met exactly."""

from __future__ import annotations

import os
import sys
import tarfile
from pathlib import Path
from typing import Any

import orjson
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
from sources_harness import Loaded, load

from dashboard.warehouse import area, build, connect, reference

INPUTS = os.environ.get("CAREPARITY_INPUTS", "")
pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not INPUTS, reason="set CAREPARITY_INPUTS to the folder of published inputs"),
]
SAMPLES = (1, 2)
CROSSWALK = "area/ssa_fips_county_from_synthea.csv.gz"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desynpuf")
    with tarfile.open(Path(INPUTS) / "desynpuf_10k_s1_s2.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module")
def samples(folders: Path) -> dict[int, Loaded]:
    """Each sample loaded by itself, and staged with the counties that the crosswalk gives."""
    found = {}
    for number in SAMPLES:
        (out := folders / f"out{number}").mkdir()
        loaded = load(out, next(folders.glob(f"{number}-*")))
        loaded.con.execute("create schema reference")
        reference.create(loaded.con, area.read([Path(INPUTS) / CROSSWALK]), is_synthetic=False)
        found[number] = loaded.stage()
    return found


@pytest.fixture(scope="module")
def expected() -> dict[int, dict[str, Any]]:
    every = orjson.loads((Path(INPUTS) / "expected_counts.json").read_bytes())
    return {number: every[f"desynpuf_s{number}"] for number in SAMPLES}


@pytest.mark.parametrize("number", SAMPLES)
def test_beneficiaries_months_totals_and_flags_by_year(samples: Any, expected: Any, number: int) -> None:
    rows = samples[number].query("""
        select
            year::varchar, count(*), sum(bene_hi_cvrage_tot_mons), sum(bene_smi_cvrage_tot_mons),
            sum(bene_hmo_cvrage_tot_mons), sum(medreimb_ip)::double, sum(medreimb_op)::double,
            sum(medreimb_car)::double, count(bene_death_dt), count(*) filter (sp_diabetes = '1'),
            count(*) filter (sp_chf = '1')
        from raw.desynpuf_beneficiary_summary group by 1""")
    names = ("benes", "partA_months", "partB_months", "hmo_months", "medreimb_ip", "medreimb_op", "medreimb_car",
             "deaths", "diabetes", "chf")  # fmt: skip
    found = {str(row[0]): dict(zip(names, row[1:], strict=True)) for row in rows}
    assert found == {year: row for year, row in expected[number].items() if year != "inpatient"}


@pytest.mark.parametrize("number", SAMPLES)
def test_inpatient_rows_claims_and_payments(samples: Any, expected: Any, number: int) -> None:
    loaded, want = samples[number], expected[number]["inpatient"]
    raw = loaded.query("""
        select count(*), count(distinct clm_id), count(distinct desynpuf_id), count(*) filter (segment = 2),
            sum(clm_pmt_amt)::double, count(*) filter (clm_pmt_amt < 0)
        from raw.desynpuf_inpatient_claims""")[0]
    names = ("rows", "distinct_claims", "benes", "segment2_rows", "paid", "negative_paid_rows")
    assert raw == tuple(want[name] for name in names)
    years = loaded.query("""select year(clm_admsn_dt)::varchar, count(distinct clm_id)
        from raw.desynpuf_inpatient_claims group by 1""")
    assert dict(years) == want["by_admit_year"]
    assert loaded.counts()["inpatient_claims"] == (want["rows"], want["rows"], 0, 0, 0)
    claims = loaded.query("""select count(distinct claim_id), count(distinct source_person_id), sum(paid_usd)::double,
        count(*) filter (status = 'cancelled'), count(*) filter (paid_usd < 0) from staging.medical_claim""")[0]
    assert claims == tuple(want[name] for name in ("distinct_claims", "benes", "paid", "segment2_rows",
                                                   "negative_paid_rows"))  # fmt: skip


@pytest.mark.parametrize("number", SAMPLES)
def test_people_and_their_months(samples: Any, expected: Any, number: int) -> None:
    loaded, years = samples[number], ("2008", "2009", "2010")
    people = "select count(*), count(distinct source_person_id), count(death_date) from staging.person"
    deaths = sum(expected[number][year]["deaths"] for year in years)
    assert loaded.query(people) == [(10_000, 10_000, deaths)]
    for plan, column in (("Medicare Part A", "partA"), ("Medicare Part B", "partB"), ("Medicare managed care", "hmo")):
        months = loaded.query(f"""select year(start_date)::varchar, sum(month(end_date)) from staging.eligibility
            where plan = '{plan}' group by 1""")
        assert dict(months) == {year: expected[number][year][f"{column}_months"] for year in years}


@pytest.mark.parametrize("number", SAMPLES)
def test_most_counties_are_known_with_a_crosswalk(samples: Any, number: int) -> None:
    query = "select avg((county_fips is not null)::integer), avg((state is not null)::integer) from staging.person"
    counties, states = samples[number].query(query)[0]
    assert counties > 0.98
    assert states > 0.98


@pytest.mark.parametrize("number", SAMPLES)
def test_medicares_own_annual_totals_count_first_rows_only(samples: Any, number: int) -> None:
    """MEDREIMB_IP is payment plus days times the amount a day, by year of discharge, without continuation rows."""
    agree = samples[number].query("""
        with stay as (
            select desynpuf_id, year(nch_bene_dschrg_dt) as year, count(*) filter (segment > 1) as continuations,
                sum(clm_pmt_amt + clm_utlztn_day_cnt * clm_pass_thru_per_diem_amt) filter (segment = 1) as paid
            from raw.desynpuf_inpatient_claims group by 1, 2
        )
        select continuations > 0, count(*), count(*) filter (abs(b.medreimb_ip - s.paid) < 1)
        from stay as s inner join raw.desynpuf_beneficiary_summary as b using (desynpuf_id, year) group by 1""")
    assert all(compared == same > 0 for _, compared, same in agree)


def test_a_build_adds_up_to_the_files(folders: Path, expected: Any, tmp_path: Path) -> None:
    """Both samples as one source: months by year exactly, and every dollar delivered is somewhere."""
    both = build.Request(
        (Path(INPUTS) / "desynpuf_10k_s1_s2.tar.gz",), tmp_path / "w", area=(Path(INPUTS) / CROSSWALK,)
    )
    result = build.run(both)
    assert result.reconciliation["rejected"].sum() == result.reconciliation["duplicate"].sum() == 0
    con = connect.build(tmp_path / "w.d" / "build.duckdb")
    months = connect.query(con, "select year, sum(member_months) from marts.person_year group by 1 order by 1").rows()
    want = [(year, sum(expected[n][str(year)]["partA_months"] for n in SAMPLES)) for year in (2008, 2009, 2010)]
    assert [(year, int(count)) for year, count in months] == want
    con.close()
