"""Areas on a map: filled by class, hatched where suppressed, light grey where nobody is known, the chosen one outlined.

Outlines never travel with the data: the browser fetches them once by URL and keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Literal

import altair as alt
import polars as pl

from dashboard.charts import palette
from dashboard.charts.base import ROWS, Chart, compiled, numbers
from dashboard.charts.formats import Quantity, plural
from dashboard.privacy import Released
from dashboard.stats.rates import quantile_breaks

Projection = Literal["albersUsa", "mercator"]

SELECTION = "area"
CLASSES = 5
_HEIGHT = 460
# AlbersUsa places Alaska and Hawaii beside the mainland, but tilts a single region; territories it can't place at all.
_WIDE_AREA_STATES = 8


@dataclass(frozen=True)
class MapClass:
    """One entry of the legend: what it means, its fill, how many areas are in it."""

    label: str
    fill: str
    areas: int
    is_hatched: bool = False


@dataclass(frozen=True)
class AreaMap:
    """A map and its legend; the legend is drawn by the page, so that it can be read aloud."""

    chart: Chart
    legend: tuple[MapClass, ...]


def area_map(
    released: Released, *, quantity: Quantity, outlines_url: str, states: tuple[str, ...], outlined: int, **drawn: Any
) -> AreaMap:
    """The map of one quantity.

    released: area_id, area_name, value (null where hidden), is_suppressed, versus_plan (only for `by_plan`), members
    (may be missing: ids of the areas that a merged group is drawn as, parted by spaces).
    outlined: areas that have an outline. drawn: chosen (area_id or None), mode, by_plan (colour by the comparison with
    the plan instead of by quantiles).
    """
    frame = numbers(released)
    colours = palette.of(drawn.get("mode"))
    labels, fills, classed = _classes(frame, quantity, colours, by_plan=bool(drawn.get("by_plan")))
    is_hidden = pl.col("value").is_null() & pl.col("is_suppressed")
    outline = pl.coalesce("members", "area_id") if "members" in frame.columns else pl.col("area_id")
    placed = classed.with_columns(outline.str.split(" ").alias("outline_id")).explode("outline_id")
    shown = placed.filter(is_hidden | pl.col("class").is_not_null()).select(
        "area_id",
        "outline_id",
        "area_name",
        "class",
        text=pl.col("value").map_elements(quantity.text, return_dtype=pl.String).fill_null("Suppressed"),
        hidden=is_hidden,
        chosen=pl.col("area_id") == pl.lit(drawn.get("chosen") or "", pl.String),
    )
    counts = dict(classed.drop_nulls("class").group_by("class").len().iter_rows())
    hidden = frame.filter(is_hidden).height
    legend = [
        MapClass(label, fill, counts.get(i, 0)) for i, (label, fill) in enumerate(zip(labels, fills, strict=True))
    ]
    legend.append(MapClass("Suppressed", colours.hatch[0], hidden, is_hatched=True))
    legend.append(MapClass("Nobody, or no value", colours.unknown, max(outlined - shown.height, 0)))
    spec = _spec(outlines_url, _projection(states), fills, quantity.name, colours)
    return AreaMap(Chart(spec, shown, _alt_text(frame, quantity)), tuple(legend))


def _classes(
    frame: pl.DataFrame, quantity: Quantity, colours: palette.Palette, *, by_plan: bool
) -> tuple[tuple[str, ...], tuple[str, ...], pl.DataFrame]:
    if by_plan:
        order = ("below", "no clear difference", "above")
        worse_first = quantity.better != "lower"
        three: tuple[str, ...] = colours.diverging if worse_first else colours.diverging[::-1]
        labels = tuple(_plan_label(verdict, quantity) for verdict in order)
        codes = pl.col("versus_plan").replace_strict(dict(zip(order, range(3), strict=True)), default=None)
        return labels, three, frame.with_columns(codes.cast(pl.Int64).alias("class"))
    breaks = quantile_breaks(frame["value"], CLASSES)
    fills = _spread(colours.sequential, len(breaks) + 1)
    above = [(pl.col("value") > b).cast(pl.Int64) for b in breaks]
    codes = pl.when(pl.col("value").is_not_null()).then(pl.sum_horizontal(pl.lit(0, pl.Int64), *above))
    return _break_labels(frame["value"], breaks, quantity), fills, frame.with_columns(codes.alias("class"))


def _plan_label(verdict: str, quantity: Quantity) -> str:
    if verdict == "no clear difference" or quantity.better == "neither":
        return verdict.capitalize() + ("" if verdict.startswith("no") else " the plan")
    is_good = (verdict == "above") == (quantity.better == "higher")
    return f"{verdict.capitalize()} the plan ({'better' if is_good else 'worse'})"


def _spread(colours: tuple[str, ...], count: int) -> tuple[str, ...]:
    if count == 1:
        return (colours[len(colours) // 2],)
    return tuple(colours[round(i * (len(colours) - 1) / (count - 1))] for i in range(count))


def _break_labels(values: pl.Series, breaks: list[float], quantity: Quantity) -> tuple[str, ...]:
    known = values.drop_nulls()
    if known.is_empty():
        return ("No value",)
    edges = [known.min(), *breaks, known.max()]
    ranges = [quantity.range(low, high) for low, high in pairwise(edges)]  # type: ignore[arg-type]
    return (ranges[0], *(f"over {text}" for text in ranges[1:]))


def _alt_text(frame: pl.DataFrame, quantity: Quantity) -> str:
    known = frame.drop_nulls("value").sort("value")
    hidden = frame.filter(pl.col("value").is_null() & pl.col("is_suppressed")).height
    if known.is_empty():
        return f"Map of {quantity.name}: no area can be shown; {plural(hidden, 'area')} suppressed."
    low, high = known.row(0, named=True), known.row(-1, named=True)
    return (
        f"Map of {quantity.name} in {plural(known.height, 'area')}: lowest {low['area_name']} "
        f"{quantity.text(low['value'])}, highest {high['area_name']} {quantity.text(high['value'])}; "
        f"{plural(hidden, 'area')} suppressed. The table below holds every value."
    )


def _projection(states: tuple[str, ...]) -> Projection:
    return "albersUsa" if len(states) > _WIDE_AREA_STATES or {"AK", "HI"} & set(states) else "mercator"


@cache
def _spec(
    url: str, projection: Projection, fills: tuple[str, ...], title: str, colours: palette.Palette
) -> dict[str, Any]:
    outlines = alt.Data(url=url, format=alt.DataFormat(type="json", property="features"))
    nobody = alt.Chart(outlines).mark_geoshape(fill=colours.unknown, stroke=colours.ground, strokeWidth=0.7)
    known = (
        alt.Chart(alt.NamedData(ROWS))
        .transform_lookup(lookup="outline_id", from_=alt.LookupData(data=outlines, key="id"), as_="outline")
        .transform_filter("datum.outline !== null")
    )
    picked = alt.selection_point(name=SELECTION, fields=["area_id"], toggle=False)
    shape = alt.Shape("outline:G")
    fill = alt.condition(
        "datum.hidden",
        alt.value(palette.stripes(colours)),
        alt.Color("class:O", scale=alt.Scale(domain=list(range(len(fills))), range=list(fills)), legend=None),
    )
    tooltip = [alt.Tooltip("area_name:N", title="Area"), alt.Tooltip("text:N", title=title)]
    areas = (
        known.mark_geoshape(stroke=colours.ground, strokeWidth=0.7, cursor="pointer")
        .encode(shape=shape, fill=fill, tooltip=tooltip)
        .add_params(picked)
    )
    chosen = (
        known.transform_filter("datum.chosen")
        .mark_geoshape(filled=False, stroke=colours.ink, strokeWidth=2.5)
        .encode(shape=shape)
    )
    drawn = alt.layer(nobody, areas, chosen).properties(height=_HEIGHT, width="container")
    return compiled(drawn.project(type=projection), colours)
