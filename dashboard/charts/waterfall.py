"""What moved a figure from one year to the next: one floating bar per part, from the first total to the last."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt
import polars as pl

from dashboard.charts import palette
from dashboard.charts.base import ROWS, Chart, compiled, numbers
from dashboard.charts.formats import Quantity
from dashboard.privacy import Released

_ROW_HEIGHT = 26


def waterfall(released: Released, *, quantity: Quantity, mode: str | None) -> Chart:
    """One row per step, in the frame's order: a total, its changes, a total.

    released: label (text, unique), total (the figure on a total's row, else null) and change (signed, null on a
        total's row and where hidden). Changes are drawn from where the one before ended; a hidden one draws nothing.
    """
    frame = numbers(released)
    shown = pl.DataFrame(_steps(frame, quantity), schema=_COLUMNS, orient="row")
    return Chart(_spec(quantity.name, palette.of(mode)), shown, _alt(frame, quantity))


_COLUMNS = {"label": pl.String, "order": pl.Int64, "kind": pl.String, "low": pl.Float64, "high": pl.Float64}
_COLUMNS |= {"text": pl.String}


def _steps(frame: pl.DataFrame, quantity: Quantity) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    reached = 0.0
    for order, row in enumerate(frame.iter_rows(named=True)):
        if row["total"] is not None:
            reached = float(row["total"])
            rows.append((row["label"], order, "total", reached, reached, quantity.text(reached)))
        elif row["change"] is None:
            rows.append((row["label"], order, "hidden", None, None, quantity.text(None, is_suppressed=True)))
        else:
            start, reached = reached, reached + float(row["change"])
            kind = "more" if row["change"] > 0 else "less"
            rows.append((row["label"], order, kind, min(start, reached), max(start, reached), row["text"]))
    return rows


def _alt(frame: pl.DataFrame, quantity: Quantity) -> str:
    totals = frame.drop_nulls("total")
    moved = frame.drop_nulls("change").sort(pl.col("change").abs(), descending=True).head(3)
    if totals.height < 2:
        return f"{quantity.name}: the years can't be compared."
    ends = [f"{row['label']}: {quantity.text(row['total'])}" for row in totals.iter_rows(named=True)]
    parts = ", ".join(f"{row['label']} {row['text']}" for row in moved.iter_rows(named=True))
    return f"{quantity.name}. {ends[0]}; {ends[-1]}. The largest changes: {parts or 'none can be shown'}."


@cache
def _spec(title: str, colours: palette.Palette) -> dict[str, Any]:
    axis = alt.Axis(labelLimit=210, ticks=False, domain=False, labelFlush=False)
    y = alt.Y("label:N", sort=alt.SortField("order"), title=None, axis=axis)
    rows = alt.Chart(alt.NamedData(ROWS))
    # Totals are marks, not bars: the axis doesn't begin at zero, or no change could be seen.
    x = alt.X("low:Q", title=title, scale=alt.Scale(zero=False, nice=True, padding=48))
    tooltip = [alt.Tooltip("label:N", title="Step"), alt.Tooltip("text:N", title=title)]
    moves = rows.transform_filter("datum.kind === 'more' || datum.kind === 'less'")
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=["more", "less"], range=[colours.diverging[0], colours.diverging[2]]),
        legend=None,
    )
    bars = moves.mark_bar(height=14).encode(x=x, x2="high:Q", y=y, color=colour, tooltip=tooltip)
    said = moves.mark_text(align="left", dx=5, fontSize=12, color=colours.ink).encode(x="high:Q", y=y, text="text:N")
    totals = rows.transform_filter("datum.kind === 'total'")
    marks = totals.mark_tick(thickness=3, size=20, color=colours.ink).encode(x=x, y=y, tooltip=tooltip)
    names = totals.mark_text(align="left", dx=6, fontSize=12, fontWeight=600, color=colours.ink).encode(
        x=x, y=y, text="text:N"
    )
    hidden = (
        rows.transform_filter("datum.kind === 'hidden'")
        .mark_text(align="left", dx=6, fontStyle="italic", fontSize=12, color=colours.muted)
        .encode(x=alt.value(0), y=y, text="text:N")
    )
    return compiled(alt.layer(bars, said, marks, names, hidden).properties(height=alt.Step(_ROW_HEIGHT)), colours)
