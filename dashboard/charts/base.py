"""What a chart is, and the one door into it: numbers come as `Released` or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard.charts.palette import Palette
from dashboard.errors import RefusedError
from dashboard.privacy import Released

ROWS = "rows"


@dataclass(frozen=True)
class Chart:
    """A Vega-Lite spec without data, the rows it draws, and the same finding in words.

    spec is compiled once and shared between reruns: never change it. data's columns are named in the spec.
    """

    spec: dict[str, Any]
    data: pl.DataFrame
    alt: str


def numbers(released: Released) -> pl.DataFrame:
    """The frame of a released table. Raises RefusedError for anything else, a bare frame above all."""
    if not isinstance(released, Released):
        raise RefusedError(
            where="charts", what="a chart draws released numbers only", do="Pass the frame through release"
        )
    return released.frame


def compiled(chart: Any, colours: Palette) -> dict[str, Any]:
    """An Altair chart on the named rows as a plain Vega-Lite dict; each run hands its rows over apart, by that name.

    Marks are not read aloud one by one: the chart has its alt text, and its table beside it.
    """
    themed = (
        chart.configure_axis(
            labelColor=colours.muted,
            titleColor=colours.muted,
            gridColor=colours.line,
            labelFontSize=12,
            titleFontWeight=500,
        )
        .configure_view(stroke=None)
        .configure_mark(aria=False)
    )
    return dict(themed.to_dict())
