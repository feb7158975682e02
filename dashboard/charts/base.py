"""What a chart is, and the one door into it: numbers come as `Released` or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard.errors import RefusedError
from dashboard.privacy import Released


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


def compiled(chart: Any) -> dict[str, Any]:
    """An Altair chart as a plain Vega-Lite dict without its data, which each run hands over apart."""
    spec = chart.to_dict()
    spec.pop("data", None)
    spec.pop("datasets", None)
    return dict(spec)
