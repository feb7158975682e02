"""Charts: `Released` numbers and a few choices in, Vega-Lite (or inline SVG) and alt text out. No Streamlit here."""

from dashboard.charts.area_map import SELECTION, AreaMap, MapClass, area_map
from dashboard.charts.bars import bars
from dashboard.charts.base import Chart
from dashboard.charts.dots import dots
from dashboard.charts.formats import Quantity
from dashboard.charts.inline import bullet, sparkline
from dashboard.charts.strip import strip
from dashboard.charts.trend import trend
from dashboard.charts.waterfall import waterfall

__all__ = [
    "SELECTION",
    "AreaMap",
    "Chart",
    "MapClass",
    "Quantity",
    "area_map",
    "bars",
    "bullet",
    "dots",
    "sparkline",
    "strip",
    "trend",
    "waterfall",
]
