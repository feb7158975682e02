"""Charts: `Released` numbers and a few choices in, Vega-Lite (or inline SVG) and alt text out. No Streamlit here."""

from dashboard.charts.area_map import SELECTION, AreaMap, MapClass, area_map
from dashboard.charts.base import Chart
from dashboard.charts.dots import dots
from dashboard.charts.formats import Quantity
from dashboard.charts.inline import bullet, sparkline
from dashboard.charts.strip import strip

__all__ = ["SELECTION", "AreaMap", "Chart", "MapClass", "Quantity", "area_map", "bullet", "dots", "sparkline", "strip"]
