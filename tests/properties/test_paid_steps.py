"""Money from delivered to counted: no dollar is lost or made on the way, whatever comes in and in whatever order."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
from claim_world import Rows, rows_of, world
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.warehouse import connect

if TYPE_CHECKING:
    from pathlib import Path

BUILT = (
    *("core.irregular_claim", "core.header_amount_source", "core.claim_line_version", "core.settled_line"),
    *(
        "core.outpatient_claim_setting",
        "core.service_category",
        "core.service_code",
        "core.visit_kind",
        "core.repeated_claim",
    ),
    *("core.claim_line", "core.irregular_fill", "core.pharmacy_line", "marts.enrolled_person", "marts.cost_month"),
    *("marts.paid_settling", "marts.paid_step"),
)
# P1 of the plan and V1 of its vendor are one person; nobody describes P9.
PEOPLE = (("plan", "P1", 1), ("vendor", "V1", 1), ("plan", "P2", 2))
SOURCES = st.sampled_from([("plan", "P1"), ("plan", "P1"), ("plan", "P2"), ("plan", "P9"), ("vendor", "V1")])
CENTS = st.integers(-300, 300).map(lambda cents: Decimal(cents) / 100)


def _medical(source: tuple[str, str], **fields: object) -> dict[str, object]:
    return {"data_source": source[0], "source_person_id": source[1], **fields}


medical = st.builds(
    _medical,
    source=SOURCES,
    claim_id=st.sampled_from(["A", "B", "C"]),
    claim_line_number=st.integers(1, 2),
    claim_type=st.sampled_from(["professional", "institutional"]),
    bill_type_code=st.sampled_from([None, "111", "131", "137", "138"]),
    revenue_center_code=st.sampled_from([None, "0120", "0450"]),
    adjustment_type=st.sampled_from([None, None, "reversal", "replacement"]),
    status=st.sampled_from(["active", "active", "denied", "cancelled"]),
    claim_start_date=st.sampled_from([None, date(2024, 12, 30), date(2025, 1, 2), date(2019, 5, 5)]),
    paid_date=st.sampled_from([date(2025, 2, 1), date(2025, 3, 1)]),
    paid_usd=CENTS,
)
fills = st.builds(
    _medical,
    source=SOURCES,
    claim_id=st.sampled_from(["R", "S"]),
    claim_line_number=st.integers(1, 2),
    dispensing_date=st.sampled_from([None, date(2025, 1, 2), date(2024, 1, 2)]),
    paid_usd=CENTS,
)


def steps(lines: list[dict[str, object]], dispensed: list[dict[str, object]], select: str) -> Rows:
    """The rows of `select` over the reconciliation of these claims; person 1 is a member of January 2025 only."""
    names = ("data_source", "source_person_id", "person_id")
    given_rows = {
        "core.person_key": [dict(zip(names, row, strict=True)) for row in PEOPLE],
        "core.eligibility": [{"person_id": 1, "data_source": "plan", "enrolment_basis": "observed"}],
        "core.member_month": [
            {"person_id": 1, "year": 2025, "month": 1, "has_medical": True, "has_pharmacy": True}
            | {"enrolment_basis": "observed"}
        ],
        "reference.period": [{"year": 2024}, {"year": 2025}],
        "marts.person_year": [{"person_id": 1, "year": y, "is_present": True} for y in (2024, 2025)],
        "staging.medical_claim": lines,
        "staging.pharmacy_claim": dispensed,
    }
    with world(given_rows, BUILT) as con:
        return rows_of(con, select)


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(medical, max_size=8), dispensed=st.lists(fills, max_size=5))
def test_delivered_is_the_sum_of_the_other_steps(
    lines: list[dict[str, object]], dispensed: list[dict[str, object]]
) -> None:
    found = steps(lines, dispensed, "select data_source, year, claim_kind, step, lines, paid_usd from marts.paid_step")
    money: dict[object, Decimal] = defaultdict(Decimal)
    counted: dict[object, int] = defaultdict(int)
    for source, year, kind, step, number, paid in found:
        sign = 1 if step == "delivered" else -1
        money[source, year, kind] += sign * paid
        counted[source, year, kind] += sign * number
    assert set(money.values()) <= {Decimal(0)}
    assert set(counted.values()) <= {0}
    delivered = sum((row[5] for row in found if row[3] == "delivered"), Decimal(0))
    assert delivered == sum((row["paid_usd"] for row in (*lines, *dispensed)), Decimal(0))


@settings(max_examples=25, deadline=None)
@given(lines=st.lists(medical, max_size=8), data=st.data())
def test_the_order_of_rows_moves_no_money(lines: list[dict[str, object]], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(lines))
    assert steps(lines, [], "from marts.paid_step") == steps(shuffled, [], "from marts.paid_step")


def _files(folder: Path, table: str, day: str) -> pl.DataFrame:
    """Year and paid dollars of each row of an input table, read by Polars alone."""
    frame = pl.read_parquet(folder / table / "*.parquet")
    paid = pl.col("paid_amount").cast(pl.Decimal(18, 2))
    return frame.select(pl.col(day).cast(pl.Date).dt.year().alias("year"), paid)


def test_delivered_is_what_the_files_hold_and_counted_what_the_pages_show(
    small_demo: Path, small_warehouse: Path
) -> None:
    con = connect.build(small_warehouse.with_name(small_warehouse.name + ".d") / "build.duckdb")
    try:
        step = connect.query(con, "select year, claim_kind, step, paid_usd, lines from marts.paid_step")
        page = connect.query(
            con,
            "select year, sum(medical_paid_usd) as medical, sum(pharmacy_paid_usd) as pharmacy"
            " from marts.person_year where is_present group by year order by year",
        )
    finally:
        con.close()
    for kind, table, day in (
        ("medical", "medical_claim", "claim_line_start_date"),
        ("pharmacy", "pharmacy_claim", "dispensing_date"),
    ):
        files = _files(small_demo, table, day).group_by("year").agg(pl.col("paid_amount").sum(), pl.len())
        delivered = step.filter((pl.col("claim_kind") == kind) & (pl.col("step") == "delivered"))
        assert dict(delivered.select("year", "paid_usd").iter_rows()) == dict(
            files.select("year", "paid_amount").iter_rows()
        )
        assert delivered["lines"].sum() == files["len"].sum()
        counted = step.filter((pl.col("claim_kind") == kind) & (pl.col("step") == "counted"))
        assert dict(counted.select("year", "paid_usd").iter_rows()) == {
            year: paid for year, paid in page.select("year", kind).iter_rows() if paid
        }
