"""How full each month is: one row a source and kind, one cell a month, low months marked by a sign."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt
import polars as pl

from dashboard.charts import palette
from dashboard.charts.base import ROWS, Chart, compiled, numbers
from dashboard.charts.formats import plural
from dashboard.privacy import Released

_ROW_HEIGHT = 26
# Classes of a month's rows against the middle month of its row; under half is low.
_CLASSES = ("none", "under half", "half to nine tenths", "about the middle", "a tenth more and over")
_BOUNDS = (0.0, 0.5, 0.9, 1.1)


def months(released: Released, *, mode: str | None) -> Chart:
    """One cell per series and month.

    released: series, period ('2025-03'), share (of the middle month of its series, ≥ 0), said (what a tooltip says),
        is_low. Every month from the first to the last of a series has a row.
    """
    frame = numbers(released)
    share = pl.col("share")
    index = pl.sum_horizontal((share > bound).cast(pl.Int64) for bound in _BOUNDS)
    shown = frame.select(
        "series",
        "said",
        "period",
        state=index.replace_strict(dict(enumerate(_CLASSES)), return_dtype=pl.String),
        sign=pl.when("is_low").then(pl.lit("▼")).otherwise(pl.lit("")),
    )
    low = frame.filter("is_low")
    said = "; ".join(f"{row['series']} {row['period']}" for row in low.head(12).iter_rows(named=True))
    more = f" and {low.height - 12} more" if low.height > 12 else ""
    alt_text = (
        f"Rows by month for {plural(frame['series'].n_unique(), 'series')}: "
        f"{plural(low.height, 'month')} under half of the middle month{': ' + said + more if low.height else ''}."
    )
    return Chart(_spec(palette.of(mode)), shown, alt_text.replace("seriess", "series"))


@cache
def _spec(colours: palette.Palette) -> dict[str, Any]:
    rows = alt.Chart(alt.NamedData(ROWS))
    y = alt.Y("series:N", title=None, sort=None, axis=alt.Axis(labelLimit=190, ticks=False, domain=False))
    every_january = "slice(datum.value, 5) == '01' ? slice(datum.value, 0, 4) : ''"
    axis = alt.Axis(labelExpr=every_january, labelAngle=0, labelAlign="left", ticks=False, domain=False)
    x = alt.X("period:O", title=None, axis=axis)
    fills = [colours.ground, *colours.sequential[:4]]
    colour = alt.Color(
        "state:N",
        title="Rows against the middle month",
        scale=alt.Scale(domain=list(_CLASSES), range=fills),
        legend=alt.Legend(orient="bottom", columns=2, symbolType="square", symbolStrokeColor=colours.line),
    )
    tooltip = [alt.Tooltip("series:N", title="Rows"), alt.Tooltip("period:N", title="Month"), alt.Tooltip("said:N")]
    cells = rows.mark_rect(stroke=colours.line, strokeWidth=1).encode(x=x, y=y, color=colour, tooltip=tooltip)
    signs = rows.mark_text(color=colours.ink, fontSize=10).encode(x=x, y=y, text="sign:N")
    return compiled(alt.layer(cells, signs).properties(height=alt.Step(_ROW_HEIGHT)), colours)
