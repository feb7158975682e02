"""Every area as a dot on one line, the chosen one named, the plan as a line."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt
import polars as pl

from dashboard.charts import palette
from dashboard.charts.base import ROWS, Chart, compiled, numbers
from dashboard.charts.formats import Quantity, plural
from dashboard.privacy import Released

_HEIGHT = 140


def strip(released: Released, *, quantity: Quantity, plan: float | None, chosen: str | None, mode: str | None) -> Chart:
    """All areas with a released value on one axis.

    released: area_id, area_name, value (null where hidden). chosen: the area_id to name.
    """
    known = numbers(released).drop_nulls("value")
    shown = known.select(
        "area_id",
        "area_name",
        value=pl.col("value") * (100 if quantity.unit == "percent" else 1),
        text=pl.col("value").map_elements(quantity.text, return_dtype=pl.String),
        chosen=pl.when(pl.col("area_id") == pl.lit(chosen, pl.String)).then(pl.col("area_name")),
        plan=pl.lit(None if plan is None else quantity.axis(plan), pl.Float64),
    )
    return Chart(_spec(_axis_title(quantity), palette.of(mode)), shown, _alt_text(known, quantity, plan))


def _axis_title(quantity: Quantity) -> str:
    unit = {"percent": ", %", "per_1000": " per 1,000", "pmpm": ", $", "count": ""}[quantity.unit]
    return quantity.name + unit


def _alt_text(known: pl.DataFrame, quantity: Quantity, plan: float | None) -> str:
    if known.is_empty():
        return f"{quantity.name}: no area can be shown."
    ends = f"{quantity.text(known['value'].min())} to {quantity.text(known['value'].max())}"  # type: ignore[arg-type]
    plan_text = "" if plan is None else f"; plan {quantity.text(plan)}"
    return f"{quantity.name} in {plural(known.height, 'area')}: {ends}{plan_text}."


@cache
def _spec(title: str, colours: palette.Palette) -> dict[str, Any]:
    rows = alt.Chart(alt.NamedData(ROWS))
    middle = alt.value({"expr": "height / 2"})
    x = alt.X("value:Q", title=title, scale=alt.Scale(zero=False, nice=True))
    tooltip = [alt.Tooltip("area_name:N", title="Area"), alt.Tooltip("text:N", title=title)]
    others = rows.mark_point(filled=True, size=60, opacity=0.55, color=colours.accent).encode(
        x=x, y=middle, tooltip=tooltip
    )
    named = rows.transform_filter("datum.chosen !== null")
    ring = named.mark_point(size=190, strokeWidth=2.5, color=colours.ink, opacity=1).encode(
        x=x, y=middle, tooltip=tooltip
    )
    name = named.mark_text(dy=-18, fontWeight="bold", color=colours.ink, limit=220).encode(
        x=x, y=middle, text="chosen:N"
    )
    plan = rows.mark_rule(strokeDash=[4, 4], color=colours.ink).encode(x=alt.X("mean(plan):Q"))
    return compiled(alt.layer(plan, others, ring, name).properties(height=_HEIGHT), colours)
