"""Synthea's CSV sample, when CAREPARITY_INPUTS names its folder: every row accounted for, money to the cent."""

from __future__ import annotations

import io
import os
import sys
import tarfile
from decimal import Decimal
from pathlib import Path, PurePosixPath

import orjson
import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
from sources_harness import Loaded, load

INPUTS = os.environ.get("CAREPARITY_INPUTS", "")
pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not INPUTS, reason="set CAREPARITY_INPUTS to the folder of published inputs"),
]
SAMPLE = "synthea_csv_27p_dbt.tar.gz"
UNUSED = {"careplans", "devices", "imaging_studies", "supplies"}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return load(tmp_path_factory.mktemp("synthea"), Path(INPUTS) / SAMPLE).stage()


@pytest.fixture(scope="module")
def files() -> dict[str, pl.DataFrame]:
    """The files as Polars reads them, all text."""
    found = {}
    with tarfile.open(Path(INPUTS) / SAMPLE) as archive:
        for member in archive:
            path, content = PurePosixPath(member.name), archive.extractfile(member)
            if content and path.suffix == ".csv":
                found[path.stem] = pl.read_csv(io.BytesIO(content.read()), infer_schema=False)
    return found


def test_every_row_is_read_and_accounted(loaded: Loaded) -> None:
    expected = orjson.loads((Path(INPUTS) / "expected_counts.json").read_bytes())["synthea_csv_27p"]
    counts = loaded.counts()
    counts.pop("unrecognised")
    assert {f"{kind}.csv": row[0] for kind, row in counts.items()} == expected
    for kind, (read, kept, duplicate, rejected, ignored) in counts.items():
        used = kind not in UNUSED
        assert (kept, duplicate, rejected, ignored) == ((read, 0, 0, 0) if used else (0, 0, 0, read))


def test_money_by_year_is_that_of_the_files(loaded: Loaded, files: dict[str, pl.DataFrame]) -> None:
    ledger = files["claims_transactions"].with_columns(
        pl.col("FROMDATE").str.slice(0, 4).alias("year"),
        pl.col("AMOUNT", "PAYMENTS").str.to_decimal(scale=2).fill_null(Decimal(0)),
    )
    by_year = ledger.group_by("year").agg(
        pl.col("AMOUNT").filter(pl.col("TYPE") == "CHARGE").sum().alias("charged"),
        pl.col("PAYMENTS").filter(pl.col("METHOD") == "ECHECK").sum().alias("paid"),
    )
    expected = {year: (charged, paid) for year, charged, paid in by_year.rows()}
    found = loaded.query("""
        with line as (
            select claim_line_start_date as day, charge_usd, paid_usd from staging.medical_claim
            union all
            select dispensing_date as day, charge_usd, paid_usd from staging.pharmacy_claim
        )
        select year(day)::varchar, sum(charge_usd), sum(paid_usd) from line group by all""")
    assert {year: (charged, paid or Decimal(0)) for year, charged, paid in found} == expected


def test_what_payers_cover_of_drugs_is_what_pharmacy_claims_paid(
    loaded: Loaded, files: dict[str, pl.DataFrame]
) -> None:
    covered = files["medications"]["PAYER_COVERAGE"].str.to_decimal(scale=2).sum()
    assert loaded.query("select sum(paid_usd), count(*) from staging.pharmacy_claim") == [
        (covered, files["medications"].height)
    ]


def test_encounters_by_class_and_year(loaded: Loaded, files: dict[str, pl.DataFrame]) -> None:
    years = pl.col("START").str.slice(0, 4).cast(pl.Int64).alias("year")
    expected = files["encounters"].group_by("ENCOUNTERCLASS", years).len().rows()
    found = loaded.query("select class_code, year(start_date), count(*) from staging.encounter group by all")
    assert sorted(found) == sorted(expected)


def test_uninsured_time_is_no_enrolment(loaded: Loaded, files: dict[str, pl.DataFrame]) -> None:
    spans = files["payer_transitions"].join(files["payers"], left_on="PAYER", right_on="Id")
    days = [pl.col(name).str.slice(0, 10).str.to_date() for name in ("START_YEAR", "END_YEAR")]
    insured = spans.filter(pl.col("NAME") != "NO_INSURANCE", days[0] < days[1])
    expected = insured.select((days[1] - days[0]).dt.total_days().sum()).item()
    found = loaded.query("""select sum(end_date - start_date + 1) from (
        select distinct source_person_id, start_date, end_date from staging.eligibility)""")
    assert found == [(expected,)]
