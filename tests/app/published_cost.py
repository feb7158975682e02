"""The tables of cost of the warehouse written by hand: by category, by month, how fast claims arrive, the cap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl

YEARS = (2023, 2024, 2025)
# Cost per member month and the share of people with such cost, by category. Few people have dialysis.
CATEGORIES = {
    "inpatient": (120.0, 0.07),
    "office_visit": (90.0, 0.8),
    "laboratory": (20.0, 0.6),
    "dialysis": (5.0, 0.0001),
    "observation": (4.0, 0.002),
    "pharmacy": (80.0, 0.7),
}
RANKS = {"top 1 %": (0.01, 0.2), "next 4 %": (0.04, 0.3), "next 5 %": (0.05, 0.15), "other 90 %": (0.9, 0.35)}
PAID = 0.9


def with_amounts_paid(use: pl.DataFrame) -> pl.DataFrame:
    """`cubes.use` with paid amounts, the people above the cap and what they cost beyond it, and ranks by cost."""
    total = use.filter(pl.col("dimension") == "all")
    ranks = [
        total.with_columns(
            pl.lit("cost_rank").alias("dimension"),
            pl.lit(name).alias("group_value"),
            *((pl.col(c) * people).round().cast(pl.Int64).alias(c) for c in _COUNTS),
            *((pl.col(c) * cost).alias(c) for c in ("medical_allowed_usd", "pharmacy_allowed_usd")),
        )
        for name, (people, cost) in RANKS.items()
    ]
    above = (pl.col("people") // 1000 * 11).alias
    return pl.concat([use, *ranks], how="diagonal_relaxed").with_columns(
        above("people_above_cap"),
        above("people_above_paid_cap"),
        (pl.col("medical_allowed_usd") * PAID).alias("medical_paid_usd"),
        (pl.col("pharmacy_allowed_usd") * PAID).alias("pharmacy_paid_usd"),
        (pl.col("medical_allowed_usd") * 0.05).alias("excess_allowed_usd"),
        (pl.col("medical_allowed_usd") * 0.04).alias("excess_paid_usd"),
    )


_COUNTS = ("people", "people_with_visit", "member_months", "pharmacy_member_months", "ed_visits", "inpatient_stays")


def tables(
    safe: Callable[[str, pl.DataFrame], pl.DataFrame], use: pl.DataFrame, *, is_monthly: bool
) -> dict[str, pl.DataFrame]:
    """Cubes and published tables of cost that go with the cube of use (already as shown). safe: suppresses a cube."""
    plan = use.filter((pl.col("dimension") == "all") & pl.col("member_months").is_not_null())
    years = plan.select("population", "year", "people", "member_months").drop_nulls().rows()
    months = _months(years) if is_monthly else []
    return {
        "published.high_cost_cap": pl.DataFrame({"cap_usd": [250_000.0]}),
        "published.run_out": pl.DataFrame(
            [(population, year, 2 if year == YEARS[-1] else 0) for population, year, *_ in years],
            schema={"population": pl.String, "year": pl.Int64, "immature_months": pl.Int64},
            orient="row",
        ),
        "cubes.cost_category": safe("cost_category", pl.DataFrame(_categories(years), schema=_CATEGORY, orient="row")),
        "cubes.use_month": safe("use_month", pl.DataFrame(months, schema=_MONTH, orient="row")),
        "cubes.completion": safe("completion", pl.DataFrame(_completion(years), schema=_COMPLETION, orient="row")),
    }


def _categories(years: list[tuple[str, int, int, int]]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for population, year, people, months in years:
        for name, (cost, share) in CATEGORIES.items():
            kind = "pharmacy" if name == "pharmacy" else "medical"
            usd = months * cost * (1 + 0.05 * (year - YEARS[0]) * (name != "laboratory"))
            rows.append((population, year, kind, name, people, round(people * share), usd, usd * PAID))
    return rows


_CATEGORY = {"population": pl.String, "year": pl.Int64, "claim_kind": pl.String, "service_category": pl.String}
_CATEGORY |= {"people": pl.Int64, "people_with_cost": pl.Int64, "allowed_usd": pl.Float64, "paid_usd": pl.Float64}


def _months(years: list[tuple[str, int, int, int]]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for population, year, people, months in years:
        for month in range(1, 13):
            run_out = 12 * (YEARS[-1] - year) + 13 - month
            usd = months / 12 * (300 + month)
            amounts = (usd, usd / 4, usd * PAID, usd / 4 * PAID)
            head = (population, year, date(year, month, 1), run_out, run_out >= 3, people, 400)
            rows.append((*head, months // 12, months // 12, *amounts, people // 30, people // 150))
    return rows


_MONTH = {"population": pl.String, "year": pl.Int64, "month_start": pl.Date, "run_out_months": pl.Int64}
_MONTH |= {"is_mature": pl.Boolean, "people": pl.Int64, "people_of_one_cover": pl.Int64, "member_months": pl.Int64}
_MONTH |= {"pharmacy_member_months": pl.Int64, "medical_allowed_usd": pl.Float64, "pharmacy_allowed_usd": pl.Float64}
_MONTH |= {"medical_paid_usd": pl.Float64, "pharmacy_paid_usd": pl.Float64, "ed_visits": pl.Int64}
_MONTH |= {"inpatient_stays": pl.Int64}


def _completion(years: list[tuple[str, int, int, int]]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for population in sorted({row[0] for row in years}):
        rows.append((population, "medical", True, None, 900, 1_000_000.0))
        shares = (0.4, 0.35, 0.2, 0.05)
        rows += [(population, "medical", False, lag, 900, 1_000_000.0 * share) for lag, share in enumerate(shares)]
    return rows


_COMPLETION = {"population": pl.String, "claim_kind": pl.String, "is_total": pl.Boolean, "lag_months": pl.Int64}
_COMPLETION |= {"people": pl.Int64, "paid_usd": pl.Float64}
