"""Groups as bars from zero, each with its figure written out, and a line for what they are compared with."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt
import polars as pl

from dashboard.charts import palette
from dashboard.charts.base import ROWS, Chart, compiled, numbers
from dashboard.charts.formats import Quantity, count, plural
from dashboard.privacy import Released

_ROW_HEIGHT = 26


def bars(
    released: Released, *, label: str, value: str, quantity: Quantity, plan: float | None, mode: str | None
) -> Chart:
    """One row per group, in the frame's order.

    released: `label` (text, unique), `value` (null where hidden or not computable) and is_suppressed. Hidden rows say
        so; they are not left out. plan: the figure they are compared with, drawn as a dashed line.
    """
    frame = numbers(released).select(pl.col(label).alias("label"), pl.col(value).alias("value"), "is_suppressed")
    texts = [quantity.text(row[1], is_suppressed=bool(row[2])) for row in frame.iter_rows()]
    shown = frame.select(
        "label",
        order=pl.int_range(pl.len()),
        value=pl.col("value").cast(pl.Float64) * (100 if quantity.unit == "percent" else 1),
        text=pl.Series(texts, dtype=pl.String),
        plan=pl.lit(None if plan is None else quantity.axis(plan), pl.Float64),
    )
    return Chart(_spec(quantity.name, palette.of(mode)), shown, _alt(frame, quantity, plan))


def _alt(frame: pl.DataFrame, quantity: Quantity, plan: float | None) -> str:
    known = frame.drop_nulls("value").sort("value")
    if known.is_empty():
        return f"{quantity.name}: no row can be shown."
    low, high = known.row(0, named=True), known.row(-1, named=True)
    ends = (
        f"lowest {low['label']} {quantity.text(low['value'])}, highest {high['label']} {quantity.text(high['value'])}"
    )
    plan_text = "" if plan is None else f"; plan {quantity.text(plan)}"
    hidden = frame.height - known.height
    return f"{quantity.name} in {plural(known.height, 'row')}: {ends}{plan_text}. {count(hidden)} not shown."


@cache
def _spec(title: str, colours: palette.Palette) -> dict[str, Any]:
    axis = alt.Axis(labelLimit=260, ticks=False, domain=False, labelFlush=False)
    y = alt.Y("label:N", sort=alt.SortField("order"), title=None, axis=axis)
    scale = alt.Scale(domainMin=0, zero=True, nice=True)
    x = alt.X("value:Q", title=title, scale=scale, axis=alt.Axis(tickCount=5), stack=None)
    rows = alt.Chart(alt.NamedData(ROWS))
    known, hidden = rows.transform_filter("datum.value !== null"), rows.transform_filter("datum.value === null")
    tooltip = [alt.Tooltip("label:N", title="Group"), alt.Tooltip("text:N", title=title)]
    drawn = known.mark_bar(height=15, color=colours.accent, opacity=0.85).encode(x=x, y=y, tooltip=tooltip)
    said = known.mark_text(align="left", dx=6, fontSize=12, color=colours.ink).encode(x=x, y=y, text="text:N")
    # The same text as a band of the ground's colour: the plan's line must not run through a number.
    halo = known.mark_text(align="left", dx=6, fontSize=12, stroke=colours.ground, strokeWidth=4).encode(
        x=x, y=y, text="text:N"
    )
    words = hidden.mark_text(align="left", dx=6, fontStyle="italic", fontSize=12, color=colours.muted).encode(
        x=alt.value(0), y=y, text="text:N"
    )
    plan = rows.mark_rule(strokeDash=[4, 4], color=colours.ink).encode(x="mean(plan):Q")
    return compiled(alt.layer(drawn, plan, halo, said, words).properties(height=alt.Step(_ROW_HEIGHT)), colours)
