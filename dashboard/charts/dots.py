"""Groups or organisations as dots with intervals, the plan as a line, and the count of each row written out."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt
import polars as pl

from dashboard.charts import palette
from dashboard.charts.base import ROWS, Chart, compiled, numbers
from dashboard.charts.formats import Quantity, count, interval, percent, plural
from dashboard.privacy import Released

_ROW_HEIGHT = 26


def dots(released: Released, *, label: str, quantity: Quantity, plan: float | None, mode: str | None) -> Chart:
    """One row per group, in the frame's order.

    released: `label` (text, unique), rate, lower, upper (fractions, null where hidden) and denominator. Hidden rows
        say so; they are not left out. plan: the plan's rate, drawn as a dashed line.
    """
    frame = numbers(released)
    shown = frame.select(
        label=pl.col(label),
        order=pl.int_range(pl.len()),
        rate=pl.col("rate") * 100,
        lower=pl.col("lower") * 100,
        upper=pl.col("upper") * 100,
        text=pl.Series([_row_text(row) for row in frame.iter_rows(named=True)], dtype=pl.String),
        short=pl.Series([_short(row) for row in frame.iter_rows(named=True)], dtype=pl.String),
        plan=pl.lit(None if plan is None else 100 * plan, pl.Float64),
    )
    return Chart(_spec(quantity.name, palette.of(mode)), shown, _alt_text(frame, label, quantity, plan))


def _row_text(row: dict[str, Any]) -> str:
    if row["rate"] is None:
        return "Suppressed"
    return f"{interval(row['rate'], row['lower'], row['upper'])} of {count(row['denominator'])}"


def _short(row: dict[str, Any]) -> str:
    return "" if row["rate"] is None else f"{percent(row['rate'])} of {count(row['denominator'])}"


def _alt_text(frame: pl.DataFrame, label: str, quantity: Quantity, plan: float | None) -> str:
    known = frame.drop_nulls("rate").sort("rate")
    if known.is_empty():
        return f"{quantity.name}: every row is suppressed."
    low, high = known.row(0, named=True), known.row(-1, named=True)
    ends = f"lowest {low[label]} {quantity.text(low['rate'])}, highest {high[label]} {quantity.text(high['rate'])}"
    plan_text = "" if plan is None else f"; plan {quantity.text(plan)}"
    hidden = frame.height - known.height
    return f"{quantity.name} in {plural(known.height, 'row')}: {ends}{plan_text}. {count(hidden)} suppressed."


@cache
def _spec(title: str, colours: palette.Palette) -> dict[str, Any]:
    y = alt.Y(
        "label:N",
        sort=alt.SortField("order"),
        title=None,
        axis=alt.Axis(labelLimit=170, ticks=False, domain=False, labelFlush=False),
    )
    rows = alt.Chart(alt.NamedData(ROWS))
    known, hidden = rows.transform_filter("datum.rate !== null"), rows.transform_filter("datum.rate === null")
    x = alt.X("rate:Q", title=f"{title}, %", scale=alt.Scale(domainMin=0, nice=True, zero=True))
    tooltip = [alt.Tooltip("label:N", title="Group"), alt.Tooltip("text:N", title=title)]
    whiskers = known.mark_rule(strokeWidth=2, color=colours.muted).encode(x="lower:Q", x2="upper:Q", y=y)
    points = known.mark_point(filled=True, size=90, color=colours.accent, opacity=1).encode(x=x, y=y, tooltip=tooltip)
    values = known.mark_text(align="left", dx=6, color=colours.ink, fontSize=12).encode(
        x="upper:Q", y=y, text="short:N"
    )
    words = hidden.mark_text(align="left", dx=6, fontStyle="italic", color=colours.muted, fontSize=12).encode(
        x=alt.value(0), y=y, text=alt.value("Suppressed")
    )
    plan = rows.mark_rule(strokeDash=[4, 4], color=colours.ink).encode(x="mean(plan):Q")
    return compiled(alt.layer(plan, whiskers, points, values, words).properties(height=alt.Step(_ROW_HEIGHT)), colours)
