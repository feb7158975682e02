"""Tiles: a figure, its unit, its trend and its change, each with the drawer that explains it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from dashboard.charts import Quantity, sparkline
from dashboard.components import data, drawer, quality, theme
from dashboard.components.markup import note, show
from dashboard.components.quantities import NEEDS

Row = dict[str, Any]


@dataclass(frozen=True)
class Tile:
    """One figure of a panel with one row a year.

    column: where the panel holds it; figure: its name in NEEDS, which says what a source must hold for it (unless its
    column has needs of its own there), and in quality.FIGURES, by which failing checks mark it; sentence: what the
    drawer says; beside: a line below the number, made from the panel's row of the year.
    """

    column: str
    quantity: Quantity
    figure: str
    sentence: str
    beside: Callable[[Row], str] | None = None


def tiles(
    panel: str, shown: Sequence[Tile], year: int, *, remark: Callable[[Row], str] | None = None
) -> drawer.Drawers:
    """Draw tiles side by side from `panel`, filtered to `year` and compared with the year before.

    remark: one line below all tiles, made from the row of the year. Returns the drawers, by column.
    """
    trend = data.load(panel).derive(lambda frame: frame.filter(pl.col("year") <= year))
    released = data.load(panel, year=year)
    now = released.frame.row(0, named=True) if released.frame.height else {}
    before = next(iter(trend.frame.filter(pl.col("year") == year - 1).rows(named=True)), {})
    with st.container(key="tiles"):
        for tile in shown:
            with st.container(border=True, gap="xxsmall"):
                why = data.why_missing(NEEDS.get(tile.column) or NEEDS.get(tile.figure, ()))
                if why or now.get(tile.column) is None:
                    _without(tile.quantity, year, why, is_suppressed=bool(now.get("is_suppressed")))
                else:
                    spark = sparkline(trend, tile.column, tile.quantity, mode=theme.mode())
                    _with(tile, now, before.get(tile.column), spark, f"{year - 1}")
                drawer.button(tile.column, tile.quantity.name)
    if remark and (said := remark(now)):
        note(said)
    return {t.column: drawer.Drawer(f"{t.quantity.name}, {year}", t.sentence, released) for t in shown}


def _with(tile: Tile, row: Row, before: float | None, spark: str, earlier: str) -> None:
    """earlier: the year that is compared with."""
    quantity, value = tile.quantity, row[tile.column]
    number, _, unit = quantity.text(value).partition(" ")
    change = f"no {earlier} to compare with" if before is None else f"{quantity.change(value, before)} vs {earlier}"
    beside = f'<p class="cp-note">{escape(tile.beside(row))}</p>' if tile.beside else ""
    mark = quality.mark(tile.figure).markup
    body = f'<p class="cp-value">{number} <small>{unit}</small></p><p class="cp-note">{change}</p>{beside}{spark}{mark}'
    show(f'<div class="cp-tile"><h2>{escape(quantity.name)}</h2>{body}</div>')


def _without(quantity: Quantity, year: int, why: str, *, is_suppressed: bool) -> None:
    """A figure that there isn't: because of what the sources lack (why), or because it would show few people."""
    is_hidden = is_suppressed and not why
    said = f"too few people in {year}" if is_hidden else f"from this source: {why or f'nothing to count in {year}'}"
    text = quantity.text(None, is_suppressed=is_hidden)
    body = f'<p class="cp-value cp-word">{text}</p><p class="cp-note">{escape(said)}</p>'
    show(f'<div class="cp-tile"><h2>{escape(quantity.name)}</h2>{body}</div>')
