"""Rates of counted people, with their intervals."""

from __future__ import annotations

import polars as pl
from statsmodels.stats.proportion import proportion_confint

from dashboard.errors import CheckFailed

CONFIDENCE = 0.95


def with_wilson(frame: pl.DataFrame, *, numerator: str = "numerator", denominator: str = "denominator") -> pl.DataFrame:
    """Add `rate`, `lower` and `upper` (fractions): the share and its 95% Wilson score interval.

    frame: counts of people, 0 ≤ numerator ≤ denominator; null where hidden or not computable.
    All three are null where either count is null or the denominator is 0.
    Raises CheckFailed when a column is missing.
    Source: Wilson 1927, JASA 22:209–212; Brown, Cai & DasGupta 2001, Stat Sci 16:101–133.

    >>> with_wilson(pl.DataFrame({"numerator": [20], "denominator": [100]})).row(0, named=True)["rate"]
    0.2
    """
    for column in (numerator, denominator):
        if column not in frame.columns:
            raise CheckFailed(where="stats.with_wilson", what=f"column '{column}' is missing")
    is_known = pl.col(numerator).is_not_null() & (pl.col(denominator) > 0)
    known = frame.select(
        n=pl.when(is_known).then(pl.col(numerator)).otherwise(0).cast(pl.Float64),
        d=pl.when(is_known).then(pl.col(denominator)).otherwise(1).cast(pl.Float64),
    )
    counts, totals = known["n"].to_numpy(), known["d"].to_numpy()
    lower, upper = proportion_confint(counts, totals, alpha=1 - CONFIDENCE, method="wilson")
    columns = {"rate": counts / totals, "lower": lower, "upper": upper}
    added = frame.with_columns(pl.Series(name, values, dtype=pl.Float64) for name, values in columns.items())
    return added.with_columns(pl.when(is_known.fill_null(value=False)).then(pl.col(c)).alias(c) for c in columns)


def compared(frame: pl.DataFrame, plan: float | None) -> pl.DataFrame:
    """Add `versus_plan`: 'above', 'below', 'no clear difference', or null where there is no rate or no plan.

    frame: lower and upper as fractions. An interval that holds the plan's rate is no clear difference.
    """
    if plan is None:
        return frame.with_columns(pl.lit(None, pl.String).alias("versus_plan"))
    verdict = (
        pl.when(pl.col("lower") > plan)
        .then(pl.lit("above"))
        .when(pl.col("upper") < plan)
        .then(pl.lit("below"))
        .when(pl.col("lower").is_not_null())
        .then(pl.lit("no clear difference"))
    )
    return frame.with_columns(verdict.alias("versus_plan"))


def quantile_breaks(values: pl.Series, classes: int = 5) -> list[float]:
    """Inner breaks of `classes` equally filled classes; fewer where values repeat, none for fewer than two values.

    >>> quantile_breaks(pl.Series([1.0, 2, 3, 4, 5, 6]), 3)
    [2.0, 4.0]
    """
    known = values.drop_nulls()
    if known.n_unique() < 2:
        return []
    count = min(classes, known.n_unique())
    found = (known.quantile(index / count, "lower") for index in range(1, count))
    return sorted({value for value in found if value is not None and value < known.max()})  # type: ignore[operator]
