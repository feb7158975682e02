"""Small charts inside tiles and table rows, as SVG images with alt text: no script, no request.

They are images, not inline SVG, because the page's sanitiser drops SVG elements; so the palette colours them.
"""

from __future__ import annotations

from base64 import b64encode
from html import escape

from dashboard.charts import palette
from dashboard.charts.base import numbers
from dashboard.charts.formats import Quantity
from dashboard.privacy import Released

_SPARK_WIDTH, _SPARK_HEIGHT, _PAD = 96.0, 26.0, 4.0
_BULLET_WIDTH, _BULLET_HEIGHT = 110.0, 18.0


def sparkline(released: Released, column: str, quantity: Quantity, *, mode: str | None) -> str:
    """A trend by year as an image with its years in words; empty when fewer than two periods can be shown.

    released: one row per year; nulls are left out.
    """
    rows = numbers(released).select("year", column).drop_nulls().sort("year").rows()
    if len(rows) < 2:
        return ""
    values = [float(value) for _, value in rows]
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    step = (_SPARK_WIDTH - 2 * _PAD) / (len(values) - 1)
    points = [
        (_PAD + index * step, _SPARK_HEIGHT - _PAD - (value - low) / span * (_SPARK_HEIGHT - 2 * _PAD))
        for index, value in enumerate(values)
    ]
    said = ", ".join(f"{when}: {quantity.text(value)}" for when, value in rows)
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    colours = palette.of(mode)
    drawn = (
        f'<polyline points="{path}" fill="none" stroke="{colours.muted}" stroke-width="1.5"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{colours.accent}"/>'
    )
    return _image(drawn, _SPARK_WIDTH, _SPARK_HEIGHT, f"Trend of {quantity.name}. {said}")


def bullet(rate: float, lower: float, upper: float, *, label: str, mode: str | None) -> str:
    """A rate as a bar from zero to 100% with its interval as a line; fractions. label: the same in words."""
    width, middle, colours = _BULLET_WIDTH, _BULLET_HEIGHT / 2, palette.of(mode)
    drawn = (
        f'<rect x="0" y="{middle - 4}" width="{width}" height="8" fill="{colours.unknown}"/>'
        f'<rect x="0" y="{middle - 4}" width="{rate * width:.1f}" height="8" fill="{colours.sequential[2]}"/>'
        f'<line x1="{lower * width:.1f}" x2="{upper * width:.1f}" y1="{middle}" y2="{middle}" '
        f'stroke="{colours.ink}" stroke-width="2"/>'
    )
    return _image(drawn, width, _BULLET_HEIGHT, label)


def _image(drawn: str, width: float, height: float, alt: str) -> str:
    size = f'width="{width:.0f}" height="{height:.0f}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width:.0f} {height:.0f}">{drawn}</svg>'
    return f'<img {size} alt="{escape(alt)}" src="data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}">'
