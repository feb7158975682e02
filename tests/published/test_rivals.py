"""pandas and Polars, asked the bench's questions by the same rules, give the same answers to the cent and the stay."""

from __future__ import annotations

import shutil
from importlib import import_module
from pathlib import Path

import polars as pl
import pytest

from dashboard.warehouse import bench, build

RIVALS = pytest.mark.parametrize("rival", ["polars", "pandas"])


def answered(question: bench.Question, rival: str, demo: Path, years: list[int]) -> pl.DataFrame:
    ask = getattr(import_module(f"dashboard.warehouse.{question.module}"), f"{question.function}_{rival}")
    found: pl.DataFrame = ask(demo, years)
    return found.cast(pl.Int64)


@RIVALS
@pytest.mark.parametrize("question", bench.QUESTIONS, ids=lambda question: question.function)
def test_a_rival_s_answer_is_ours(
    question: bench.Question, rival: str, small_demo: Path, small_warehouse: Path
) -> None:
    ours = bench.answer(question, small_warehouse)
    # A stay may end after the last reporting year.
    assert ours.height >= 36
    assert answered(question, rival, small_demo, bench.years_of(small_warehouse)).equals(ours)


@pytest.fixture(scope="module")
def crowded(small_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with all its stays given to few people, so that they touch, overlap, follow and end in every way."""
    demo = tmp_path_factory.mktemp("crowded") / "demo"
    shutil.copytree(small_demo, demo)
    people = pl.read_parquet(demo / "patient").sort(pl.col("death_date").is_null(), "person_id")["person_id"][:150]
    lines = pl.read_parquet(demo / "medical_claim")
    lines = lines.filter(pl.col("bill_type_code").str.slice(0, 2).is_in(["11", "21"]).fill_null(False))

    def chosen(seed: int, of: list[str] | pl.Series, *by: str) -> pl.Expr:
        number = pl.struct(by or ("claim_id",)).hash(seed) % len(of)
        return number.replace_strict(range(len(of)), of)

    def number(seed: int, below: int) -> pl.Expr:
        return (pl.col("claim_id").hash(seed) % below).cast(pl.Int64)

    first = pl.date(2023, 1, 1).dt.offset_by(pl.format("{}d", number(1, 330)))
    last = first.dt.offset_by(pl.format("{}d", number(2, 9)))
    is_first_version = pl.col("bill_type_code").str.slice(2) == "1"
    frequency = pl.when(is_first_version).then(chosen(3, ["1", "1", "1", "2", "3", "4"]))
    facilities = lines["facility_npi"].drop_nulls().unique().sort()[:3]
    lines = lines.with_columns(
        chosen(4, people).alias("person_id"),
        *(first.alias(name) for name in ("claim_start_date", "claim_line_start_date", "admission_date")),
        *(last.alias(name) for name in ("claim_end_date", "claim_line_end_date", "discharge_date")),
        chosen(5, ["01", "01", "03", "06", "02", "05", "07", "20", "30"]).alias("discharge_disposition_code"),
        chosen(6, ["470", "871", "291", "807", "847", "885", "795", "945", "014", "236"]).alias("drg_code"),
        chosen(7, facilities).alias("facility_npi"),
        pl.col("bill_type_code").str.slice(0, 2) + frequency.otherwise(pl.col("bill_type_code").str.slice(2)),
    )
    diagnosis = chosen(8, ["Z51.11", "I21.4", "M16.11", "A41.9"], "person_id", "admission_date", "discharge_date")
    lines = lines.with_columns(diagnosis.alias("diagnosis_code_1"))
    shutil.rmtree(demo / "medical_claim")
    (demo / "medical_claim").mkdir()
    lines.write_parquet(demo / "medical_claim" / "part-0.parquet")
    build.run(build.Request((demo,), demo.with_name("warehouse"), only=(bench.READMISSION.table,)))
    return demo


@RIVALS
def test_readmissions_agree_where_stays_touch_overlap_and_end_in_every_way(crowded: Path, rival: str) -> None:
    ours = bench.answer(bench.READMISSION, crowded.with_name("warehouse"))
    assert all(ours[column].sum() >= 20 for column in ours.columns)
    assert answered(bench.READMISSION, rival, crowded, [2023, 2024, 2025]).equals(ours)
