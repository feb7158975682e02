"""What the pages can show: the indicators of use and cost, and the measures of this warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import polars as pl

from dashboard.charts import Quantity
from dashboard.components import data
from dashboard.privacy import Released
from dashboard.stats.rates import compared, with_wilson

USE = {
    "people": Quantity("People", "count"),
    "pmpm_usd": Quantity("Allowed per member per month", "pmpm"),
    "ed_visits_per_1000": Quantity("ED visits", "per_1000", "lower"),
    "inpatient_stays_per_1000": Quantity("Inpatient stays", "per_1000", "lower"),
}
# A headline needs this many people in the denominator, as in queries/panels/overview/inequities.sql.
ENOUGH_PEOPLE = 100
# What the sources must hold for a figure to mean anything: without it, a zero would be a lie. Measures name theirs in
# their header (needs). Stays and visits are told apart by their days.
NEEDS: dict[str, tuple[str, ...]] = {
    "member_months": ("enrolment",),
    "pmpm_usd": ("enrolment", "inpatient_claims", "outpatient_claims", "allowed_amounts"),
    "paid_pmpm_usd": ("enrolment", "inpatient_claims", "outpatient_claims", "paid_amounts"),
    "service_category": ("enrolment", "allowed_amounts"),
    "paid_service_category": ("enrolment", "paid_amounts"),
    "readmission_rate": ("inpatient", "exact_dates"),
    "pharmacy_pmpm_usd": ("enrolment", "pharmacy"),
    "paid_pharmacy_pmpm_usd": ("enrolment", "pharmacy"),
    "ed_visits_per_1000": ("enrolment", "emergency", "exact_dates"),
    "inpatient_stays_per_1000": ("enrolment", "inpatient", "exact_dates"),
}


@dataclass(frozen=True)
class Measure:
    """One measure and group (most measures have one group) as the pages name it."""

    measure_id: str
    group_id: str
    title: str
    better: str

    @property
    def key(self) -> str:
        """How the URL names it."""
        return f"{self.measure_id}.{self.group_id}"

    @property
    def quantity(self) -> Quantity:
        """Its rate as a quantity."""
        return Quantity(self.title, "percent", "lower" if self.better == "lower" else "higher")


def measures() -> dict[str, Measure]:
    """Every measure with results, by key, in order of its id."""
    rows = data.load("care_gaps/measures").frame.unique(["measure_id", "group_id"]).sort("measure_id", "group_id")
    groups = dict(rows.group_by("measure_id").len().iter_rows())
    found = [
        Measure(
            row["measure_id"],
            row["group_id"],
            row["title"] if groups[row["measure_id"]] == 1 else f"{row['title']} (group {row['group_id']})",
            row["better"],
        )
        for row in rows.iter_rows(named=True)
    ]
    return {measure.key: measure for measure in found}


def not_computable() -> list[str]:
    """The measures that the chosen population's sources can't answer: title and what is missing, in words."""
    rows = data.load("care_gaps/not_computable").frame.rows(named=True)
    return [f"{row['title']} ({row['reason']})" for row in rows]


def plan_rate(measure: Measure, year: int) -> float | None:
    """The plan's rate as a fraction; None where hidden or absent."""
    frame = data.load("care_gaps/measures", measure_id=measure.measure_id, year=year).frame
    row = frame.filter(pl.col("group_id") == measure.group_id)
    return row["rate"][0] if row.height else None


def plan_use(column: str, year: int) -> float | None:
    """The plan's figure of one indicator; None where not computable, or where a sum is no yardstick for its parts."""
    if USE[column].unit == "count":
        return None
    frame = data.load("overview/tiles", year=year).frame
    return frame[column][0] if frame.height and not data.why_missing(NEEDS.get(column, ())) else None


def by_area(subject: str, year: int) -> tuple[Released, Quantity, float | None]:
    """One subject (a measure's key or a column of USE) by area, with its quantity and the plan's figure.

    The frame: area_id, area_name, state, members (areas of a merged group, else null), people (the denominator), value
    (null where hidden), lower, upper (null for indicators), versus_plan, is_suppressed; sorted by name.
    """
    if subject in USE:
        released = data.load("equity_map/use_by_area", year=year)
        return released.derive(partial(_indicator, subject)), USE[subject], plan_use(subject, year)
    measure = measures()[subject]
    plan = plan_rate(measure, year)
    released = data.load(
        "equity_map/measure_by_area", measure_id=measure.measure_id, group_id=measure.group_id, year=year
    )
    return released.derive(partial(_rates, plan), note="95% Wilson intervals"), measure.quantity, plan


_AREA = ("area_id", "area_name", "state", "members")
# Counts whose suppression hides an indicator.
_HIDDEN_WITH = {"people": "people", "ed_visits_per_1000": "ed_visits", "inpatient_stays_per_1000": "inpatient_stays"}


def _indicator(column: str, frame: pl.DataFrame) -> pl.DataFrame:
    nothing = (pl.lit(None, pl.Float64).alias("lower"), pl.lit(None, pl.Float64).alias("upper"))
    marks = pl.col("suppressed_columns").list
    hidden = marks.contains("people") | marks.contains(_HIDDEN_WITH.get(column, "people"))
    return frame.select(
        *_AREA,
        "people",
        (pl.lit(None) if data.why_missing(NEEDS.get(column, ())) else pl.col(column)).cast(pl.Float64).alias("value"),
        *nothing,
        pl.lit(None, pl.String).alias("versus_plan"),
        hidden.alias("is_suppressed"),
    ).sort("area_name")


def _rates(plan: float | None, frame: pl.DataFrame) -> pl.DataFrame:
    return (
        compared(with_wilson(frame), plan)
        .select(
            *_AREA,
            pl.col("denominator").alias("people"),
            pl.col("rate").alias("value"),
            "lower",
            "upper",
            "versus_plan",
            "is_suppressed",
        )
        .sort("area_name")
    )
