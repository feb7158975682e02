"""Equity map: who is left behind, and where?"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import polars as pl
import streamlit as st

from dashboard.charts import SELECTION, MapClass, Quantity, area_map, outlines, strip
from dashboard.charts.formats import count, interval, plural
from dashboard.components import charting, data, drawer, filters, quality, theme, url_state
from dashboard.components.frame import Page, foot, head
from dashboard.components.groups import group_name
from dashboard.components.markup import Cell, Column, Html, section, show, table
from dashboard.components.quantities import ENOUGH_PEOPLE, NEEDS, USE, by_area, measures
from dashboard.components.states import empty
from dashboard.privacy import Released

_CONTROLS = ("show", "year", "colour", "area", "find", "sort")
_LEVEL = {"county": "county", "zip3": "ZIP3 area", "state": "state"}
# A state is drawn as its counties.
_OUTLINES = {"county": "county", "zip3": "zip3", "state": "county"}
_WHY = {
    "county": "Counties only: beside them, ZIP3 tables of the same people would let hidden counts be worked out.",
    "zip3": "ZIP3 areas only: the policy keeps no county. Their outlines are approximate.",
    "state": "States only: the policy keeps no smaller place. Each is drawn as its counties.",
}
_SORTS = {"name": "Name", "high": "Highest first", "low": "Lowest first", "people": "Most people first"}
_INDICATORS_FIRST = ("ed_visits_per_1000", "inpatient_stays_per_1000", "pmpm_usd", "people")
_RATES_OF_USE = frozenset(USE) - {"people"}
_MAP_KEY = "chart:map"
_TABLE_HEIGHT = 420


@dataclass(frozen=True)
class View:
    """What the controls say, and the numbers they choose."""

    subject: str
    year: int
    level: str
    by_plan: bool
    chosen: str
    released: Released
    quantity: Quantity
    plan: float | None

    @property
    def title(self) -> str:
        """What the map and the table show."""
        return f"{self.quantity.name} by {_LEVEL[self.level]}, {self.year}"


def render() -> None:
    """Draw the page."""
    facts = head(PAGE.question, "Equity map")
    view = _controls(facts.area_level)
    if view is None:
        return
    if view.released.frame["state"].null_count() == view.released.frame.height:
        other = " Or publish another level of areas: area_level in the policy's record." if data.policy().record else ""
        empty(
            "No area can be shown.",
            f"No person of {view.year} has a known {_LEVEL[view.level]} in these sources.",
            f"Try another period, or add a source with places.{other}",
        )
        return
    filters.in_words(f"{view.title}. {_WHY[view.level]}")
    if why := data.why_missing(NEEDS.get(view.subject, ())):
        empty(f"{view.quantity.name}: not computable from this source.", f"The reason: {why}.", "Show something else.")
        return
    left, right = st.columns([2, 1], gap="medium")
    with left:
        _map(view)
    with right:
        _in_words(view)
        _profile(view)
    _twin(view)
    drawer.button("areas", view.title)
    pinned: dict[str, str | int] = {
        "show": view.subject,
        "year": view.year,
        "area": view.chosen,
        "colour": "plan" if view.by_plan else "",
    }
    foot("equity_map", {name: value for name, value in pinned.items() if value})
    sentence = f"{view.quantity.name} of the people of each {_LEVEL[view.level]}. Crude figures, not adjusted for age."
    drawer.show_chosen({"areas": drawer.Drawer(view.title, sentence, view.released)})


def _controls(level: str) -> View | None:
    found = measures()
    names = {key: measure.title for key, measure in found.items()} | {key: q.name for key, q in USE.items()}
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        filters.population()
        latest = data.facts().default_year
        default = _default_subject(tuple(names), latest) if latest else next(iter(names))
        subject = url_state.select("show", "Show", list(names), default=default, shown=names.__getitem__)
        year = filters.year()
        if year is None:
            return None
        released, quantity, plan = by_area(subject, year)
        can_compare = subject in found and plan is not None
        colour = "rate"
        if can_compare:
            labels = {"rate": "Rate", "plan": "Against plan"}
            colour = url_state.segments("colour", "Colour", list(labels), default="rate", shown=labels.__getitem__)
        chosen = _area_picker(released, level)
        filters.bar_end(_CONTROLS)
    return View(subject, year, level, colour == "plan", chosen, released, quantity, plan)


def _default_subject(subjects: tuple[str, ...], year: int) -> str:
    """The first rate, measures first, that shows at least half as many areas as the one that shows most.

    A map that is all hatch answers nothing.
    """
    ordered = [subject for subject in subjects if subject not in USE] + [*_INDICATORS_FIRST]
    shown = {s: int(by_area(s, year)[0].frame["value"].is_not_null().sum()) for s in ordered}
    return next(subject for subject in ordered if 2 * shown[subject] >= max(shown.values()))


def _area_picker(released: Released, level: str) -> str:
    rows = released.frame.filter(pl.col("state").is_not_null()).select("area_id", "area_name").rows()
    names = {"": "None chosen", **dict(rows)}
    label = _LEVEL[level]
    return url_state.select("area", label[:1].upper() + label[1:], list(names), default="", shown=names.__getitem__)


def _map(view: View) -> None:
    frame = view.released.frame
    states = tuple(sorted(set(frame["state"].drop_nulls().str.split(" ").explode())))
    known = view.released.derive(lambda f: f.filter(pl.col("state").is_not_null()))
    drawn = area_map(
        known,
        quantity=view.quantity,
        outlines_url=outlines.url(_OUTLINES[view.level], states),
        states=states,
        outlined=outlines.count(_OUTLINES[view.level], states),
        chosen=view.chosen,
        mode=theme.mode(),
        by_plan=view.by_plan,
    )
    small = f" The title names areas of {ENOUGH_PEOPLE} people or more." if view.subject in _RATES_OF_USE else ""
    section(_finding(view), f"{view.title}. Choose an area on the map or in the list above it.{small}")
    charting.draw(drawn.chart, key=_MAP_KEY, on_select=_picked)
    _legend(drawn.legend)
    quality.show_mark(_mark(view))


def _mark(view: View) -> Html:
    """Failing checks that touch places, or what the map shows."""
    if view.subject in USE:
        return quality.mark("groups", view.subject)
    return quality.measure_mark(measures()[view.subject].measure_id, "groups")


def _picked() -> None:
    """A click on the map chooses its area; a click beside it chooses none."""
    points = st.session_state[_MAP_KEY].selection.get(SELECTION, [])
    url_state.write("area", points[0].get("area_id") if points else None)


def _finding(view: View) -> str:
    """The map's title: the area furthest on the wrong side, where that is more than chance can explain.

    An indicator has no interval: small areas, which swing most, can't make its headline.
    """
    known = view.released.frame.filter(pl.col("state").is_not_null()).drop_nulls("value")
    if known.is_empty():
        return f"No {_LEVEL[view.level]} can be shown"
    is_high_bad = view.quantity.better != "higher"
    if known["versus_plan"].null_count() < known.height:
        wrong = known.filter(pl.col("versus_plan") == ("above" if is_high_bad else "below"))
        if wrong.is_empty():
            return f"{view.quantity.name}: no {_LEVEL[view.level]} is clearly worse than the plan"
        known = wrong
    elif view.subject in _RATES_OF_USE:
        known = known.filter(pl.col("people") >= ENOUGH_PEOPLE)
        if known.is_empty():
            return f"{view.quantity.name}: no {_LEVEL[view.level]} has {ENOUGH_PEOPLE} people"
    top = known.sort("value", "area_name").row(-1 if is_high_bad else 0, named=True)
    edge = "most" if view.quantity.unit == "count" else "highest" if is_high_bad else "lowest"
    return f"{view.quantity.name}: {edge} in {top['area_name']}, {view.quantity.text(top['value'])}"


def _legend(classes: tuple[MapClass, ...]) -> None:
    show('<ul class="cp-legend" aria-label="Legend of the map">' + "".join(_legend_item(c) for c in classes) + "</ul>")


def _legend_item(entry: MapClass) -> str:
    swatch = (
        '<span class="cp-swatch cp-hatch"></span>'
        if entry.is_hatched
        else f'<span class="cp-swatch" style="background:{entry.fill}"></span>'
    )
    return f"<li>{swatch}{escape(entry.label)}: {plural(entry.areas, 'area')}</li>"


def _in_words(view: View) -> None:
    section("In words")
    show("".join(f'<p class="cp-words">{escape(text)}</p>' for text in _sentences(view)))


def _sentences(view: View) -> list[str]:
    frame, quantity = view.released.frame, view.quantity
    placed = frame.filter(pl.col("state").is_not_null())
    known = placed.drop_nulls("value").sort("value", "area_name")
    said = []
    if known.height:
        low, high = known.row(0, named=True), known.row(-1, named=True)
        plan = f"; the plan stands at {quantity.text(view.plan)}" if view.plan is not None else ""
        ends = [f"{quantity.text(row['value'])} in {_with_people(row, view)}" for row in (low, high)]
        said.append(f"{quantity.name}: from {ends[0]} to {ends[1]}{plan}.")
    verdicts = dict(placed.drop_nulls("versus_plan").group_by("versus_plan").len().iter_rows())
    if verdicts:
        above, below, same = (verdicts.get(v, 0) for v in ("above", "below", "no clear difference"))
        said.append(
            f"{plural(above, 'area')} lie clearly above the plan, {count(below)} clearly below; "
            f"{count(same)} can't be told from it."
        )
    hidden = placed.filter(pl.col("value").is_null() & pl.col("is_suppressed")).height
    nowhere = int(frame.filter(pl.col("state").is_null())["people"].sum())
    unknown = f"{count(nowhere)} people have" if nowhere else "No people, or a hidden number of them, have"
    verb = "is" if hidden == 1 else "are"
    said.append(f"{unknown} no known area; {plural(hidden, 'area')} {verb} suppressed to protect few people.")
    return [*said, *_merged(placed, view.level)]


def _merged(placed: pl.DataFrame, level: str) -> list[str]:
    """How many areas stand for others, where the policy merges areas with few people."""
    groups = placed.drop_nulls("members")
    if groups.is_empty() or level == "state":
        return []
    members = int(groups["members"].str.split(" ").list.len().sum())
    return [
        f"{plural(members, 'area')} with few people or none {'is' if members == 1 else 'are'} merged into "
        f"{plural(groups.height, 'named group')} and drawn as such; the download lists them."
    ]


def _with_people(row: dict[str, float], view: View) -> str:
    """An area's name; with its people where no interval warns that few people swing by chance."""
    return str(row["area_name"]) + ("" if view.subject not in _RATES_OF_USE else f" ({count(row['people'])} people)")


def _profile(view: View) -> None:
    frame = view.released.frame
    row = frame.filter(pl.col("area_id") == view.chosen).rows(named=True)
    name = row[0]["area_name"] if row else ""
    section(name or "All areas", "The chosen area among the others." if name else "Choose an area for its profile.")
    placed = view.released.derive(lambda f: f.filter(pl.col("state").is_not_null()))
    if placed.frame["value"].null_count() == placed.frame.height:
        return
    chart = strip(placed, quantity=view.quantity, plan=view.plan, chosen=view.chosen or None, mode=theme.mode())
    charting.draw(chart, key="chart:strip")
    if name:
        _profile_table(view, name)


def _profile_table(view: View, name: str) -> None:
    rows: list[list[Cell]] = []
    for subject in (*measures(), *USE):
        released, quantity, plan = by_area(subject, view.year)
        for row in released.frame.filter(pl.col("area_id") == view.chosen).iter_rows(named=True):
            here = quantity.text(row["value"], is_suppressed=row["is_suppressed"])
            rows.append([quantity.name, here, "" if plan is None else quantity.text(plan)])
    caption = f"{name}, {view.year}, beside the plan"
    table([Column("Indicator"), Column("Here", is_number=True), Column("Plan", is_number=True)], rows, caption=caption)


def _twin(view: View) -> None:
    section("Every area", "The map as a table; search by name, sort as you like.")
    with st.container(horizontal=True, vertical_alignment="bottom", key="twin-filters"):
        wanted = url_state.search("find", "Find an area", "part of a name or number")
        order = url_state.select("sort", "Sort", list(_SORTS), default="name", shown=_SORTS.__getitem__)
        drawer.download(view.released, view.title)
    frame = _sorted(view.released.frame, order)
    if wanted:
        name = pl.col("area_name").str.to_lowercase().str.contains(wanted.lower(), literal=True)
        frame = frame.filter(name | pl.col("area_id").str.contains(wanted, literal=True))
    if frame.is_empty():
        empty("No area has that name.", f"Nothing matches “{wanted}”.", "Try part of the name.")
        return
    chosen = frame["area_id"].to_list().index(view.chosen) if view.chosen in frame["area_id"].to_list() else None
    table(
        _twin_columns(view),
        [_twin_row(row, view) for row in _ranked(view, frame).iter_rows(named=True)],
        caption=f"{view.title}: {plural(frame.height, 'row')}",
        height_px=_TABLE_HEIGHT,
        chosen=chosen,
    )


def _twin_columns(view: View) -> list[Column]:
    rank = Column("Rank, 1 is best" if view.quantity.better != "neither" else "Rank", is_number=True)
    people = Column("People", is_number=True)
    if view.subject in USE:
        own = [Column(view.quantity.name, is_number=True)] if view.subject != "people" else []
        return [Column("Area"), *own, people, rank]
    return [Column("Area"), Column("Rate (interval)", is_number=True), Column("Against plan"), people, rank]


def _sorted(frame: pl.DataFrame, order: str) -> pl.DataFrame:
    if order in {"high", "low"}:
        return frame.sort("value", "area_name", descending=[order == "high", False], nulls_last=True)
    if order == "people":
        return frame.sort("people", "area_name", descending=[True, False], nulls_last=True)
    return frame.sort(pl.col("state").is_null(), "area_name")


def _ranked(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    best_is_high = view.quantity.better != "lower"
    placed = view.released.frame.filter(pl.col("state").is_not_null() & pl.col("value").is_not_null())
    ranks = placed.select("area_id", rank=pl.col("value").rank("min", descending=best_is_high).cast(pl.Int64))
    return frame.join(ranks, on="area_id", how="left", maintain_order="left")


def _twin_row(row: dict[str, float], view: View) -> list[Cell]:
    people = "Suppressed" if row["people"] is None else count(row["people"])
    rank = "" if row["rank"] is None else count(row["rank"])
    value = view.quantity.text(row["value"], is_suppressed=bool(row["is_suppressed"]))
    if row["value"] is not None and row["lower"] is not None:
        value = interval(row["value"], row["lower"], row["upper"])
    cells: list[Cell] = [value, str(row["versus_plan"] or ""), people, rank]
    if view.subject in USE:
        cells = [people, rank] if view.subject == "people" else [value, people, rank]
    return [group_name(str(row["area_name"])), *cells]


PAGE = Page("Equity map", "Who is left behind, and where?", 2, render)
