"""Figures by month or year as lines, labelled at their end; months whose claims are still arriving as hollow points."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import altair as alt
import polars as pl

from dashboard.charts import palette
from dashboard.charts.base import ROWS, Chart, compiled, numbers
from dashboard.charts.formats import Quantity
from dashboard.privacy import Released

Step = Literal["month", "year"]

_HEIGHT = 220


def trend(released: Released, *, series: dict[str, str], quantity: Quantity, step: Step, mode: str | None) -> Chart:
    """One line per series.

    released: one row per `period_start` (date), the columns that `series` names (column → its name; null where hidden)
        and is_mature (false: still incomplete, drawn hollow and left out of the line; null: unknown, drawn as mature).
    """
    frame = numbers(released).sort("period_start")
    rows = pl.concat(_one(frame, column, name, quantity, step) for column, name in series.items()).drop_nulls("value")
    ends = rows.filter("is_mature").group_by("series").agg(pl.col("when").max().alias("last"))
    shown = rows.join(ends, on="series", how="left", maintain_order="left").with_columns(
        label=pl.when(pl.col("when") == pl.col("last")).then("series")
    )
    names = tuple(series.values())
    return Chart(_spec(quantity.name, names, step, palette.of(mode)), shown.drop("last"), _alt(rows, quantity, step))


def _one(frame: pl.DataFrame, column: str, name: str, quantity: Quantity, step: Step) -> pl.DataFrame:
    texts = [None if value is None else quantity.text(value) for value in frame[column].to_list()]
    return frame.select(
        when=pl.col("period_start").dt.to_string("%Y-%m-%d"),
        shown_when=pl.col("period_start").dt.to_string("%B %Y" if step == "month" else "%Y"),
        series=pl.lit(name),
        value=pl.col(column).cast(pl.Float64),
        text=pl.Series(texts, dtype=pl.String),
        is_mature=pl.col("is_mature").fill_null(value=True),
    )


def _alt(rows: pl.DataFrame, quantity: Quantity, step: Step) -> str:
    if rows.is_empty():
        return f"{quantity.name}: no {step} can be shown."
    said = []
    for (name,), own in rows.filter("is_mature").group_by("series", maintain_order=True):
        first, last = own.row(0, named=True), own.row(-1, named=True)
        said.append(f"{name} from {first['text']} in {first['shown_when']} to {last['text']} in {last['shown_when']}")
    still = rows.filter(~pl.col("is_mature"))["when"].n_unique()
    hollow = f" {still} more still incomplete, drawn hollow." if still else ""
    return f"{quantity.name} by {step}: {'; '.join(said)}.{hollow}"


@cache
def _spec(title: str, series: tuple[str, ...], step: Step, colours: palette.Palette) -> dict[str, Any]:
    rows = alt.Chart(alt.NamedData(ROWS))
    mature, immature = rows.transform_filter("datum.is_mature"), rows.transform_filter("!datum.is_mature")
    axis = alt.Axis(format="%b %Y" if step == "month" else "%Y", labelOverlap=True, grid=False, tickCount=step)
    x = alt.X("when:T", title=None, axis=axis)
    y = alt.Y("value:Q", title=title, scale=alt.Scale(domainMin=0, zero=True, nice=True), axis=alt.Axis(tickCount=4))
    shades = [colours.accent, *(c for c in colours.categories if c != colours.accent)][: len(series)]
    colour = alt.Color("series:N", scale=alt.Scale(domain=list(series), range=shades), legend=None)
    shape = alt.Shape("series:N", scale=alt.Scale(domain=list(series)), legend=None)
    tooltip = [
        alt.Tooltip("shown_when:N", title="Period"),
        alt.Tooltip("series:N", title="Series"),
        alt.Tooltip("text:N", title=title),
    ]
    lines = mature.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour)
    dots = mature.mark_point(filled=True, size=34, opacity=1).encode(
        x=x, y=y, color=colour, shape=shape, tooltip=tooltip
    )
    hollow = immature.mark_point(filled=False, size=44, strokeWidth=1.6, opacity=1).encode(
        x=x, y=y, color=colour, shape=shape, tooltip=tooltip
    )
    labels = (
        mature.transform_filter("datum.label !== null")
        .mark_text(align="right", dy=-11, fontSize=12, fontWeight=600, color=colours.ink)
        .encode(x=x, y=y, text="label:N")
    )
    return compiled(alt.layer(lines, dots, hollow, labels).properties(height=_HEIGHT), colours)
