"""Overview: how are we doing, and where do I look first?"""

from __future__ import annotations

from functools import partial
from html import escape

import polars as pl
import streamlit as st

from dashboard.charts import Quantity, bullet, sparkline
from dashboard.charts.formats import count, interval, percent, points
from dashboard.components import data, drawer, filters, quality, theme
from dashboard.components.frame import Page, foot, head
from dashboard.components.groups import dimension_name, group_name
from dashboard.components.markup import Cell, Column, Html, link, note, section, show, table
from dashboard.components.quantities import ENOUGH_PEOPLE, USE, by_area, measures, not_computable
from dashboard.components.states import empty
from dashboard.components.tiles import Tile, tiles
from dashboard.privacy import Released
from dashboard.stats.rates import with_wilson

_TILES = (
    Tile("people", USE["people"], "people", "People with at least one member month or one visit in the year."),
    Tile(
        "member_months",
        Quantity("Member months", "count"),
        "member_months",
        "Months of medical enrolment, each person and month once, however many spans cover it.",
    ),
    Tile(
        "pmpm_usd",
        USE["pmpm_usd"],
        "pmpm_usd",
        "Allowed amounts of care incurred in the year, medical and pharmacy each over its own member months.",
    ),
    Tile(
        "ed_visits_per_1000",
        USE["ed_visits_per_1000"],
        "ed_visits_per_1000",
        "Emergency visits that did not end in a stay, × 12,000 / member months. Claims and clinical records of one "
        "visit count once.",
    ),
    Tile(
        "inpatient_stays_per_1000",
        USE["inpatient_stays_per_1000"],
        "inpatient_stays_per_1000",
        "Acute inpatient stays, transfers joined, × 12,000 / member months.",
    ),
    Tile(
        "readmission_rate",
        Quantity("30-day readmissions", "percent", "lower"),
        "readmission_rate",
        "Unplanned acute stays that begin within 30 days of an index stay's discharge, over index stays; all causes, "
        "not risk-adjusted.",
        lambda _row: "all causes, not risk-adjusted",
    ),
)


def render() -> None:
    """Draw the page."""
    facts = data.facts()
    head("How are we doing, and where do I look first?", "Overview")
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        filters.population()
        year = filters.year()
        filters.bar_end(["year"])
    if year is None:
        _what_was_read()
        return
    complete = "" if year in facts.complete_years else " (incomplete: claims for it are still arriving)"
    filters.in_words(f"everyone in the plan, {year}{complete}, compared with {year - 1}")
    drawers = tiles("overview/tiles", _TILES, year)
    first, glance = st.columns([2, 3], gap="medium")
    with first:
        _where_first(year)
    with glance:
        drawers |= _glance(year)
    foot("", {"year": year})
    drawer.show_chosen(drawers)


def _where_first(year: int) -> None:
    section("Where to look first", "Found by rule from released numbers; each is a link to the view it comes from.")
    found = [item for item in (_inequity(year), _most_open(year), _far_area(year)) if item]
    if not found:
        empty("Nothing stands out.", "No gap, measure or area can be compared in this year.", "Try another period.")
        return
    show('<ol class="cp-first">' + "".join(f"<li>{item}</li>" for item in found) + "</ol>")


def _inequity(year: int) -> str:
    """The largest gap between groups; one that can't be chance goes before a larger one that can."""
    released = data.load("overview/inequities", year=year).derive(_with_overlap, note="95% Wilson intervals")
    if released.frame.is_empty():
        return ""
    top = released.frame.row(0, named=True)
    worst, best = (group_name(top[f"{end}_group"], top["dimension"]) for end in ("worst", "best"))
    rates = [percent(top[f"{end}_numerator"] / top[f"{end}_denominator"]) for end in ("worst", "best")]
    where = link(
        f"Largest gap between groups: {top['title']}, {worst} {points(top['gap_points'])} from {best}",
        "care_gaps",
        measure=f"{top['measure_id']}.{top['group_id']}",
        by=top["dimension"],
        year=year,
    )
    size = f"{rates[0]} of {count(top['worst_denominator'])} against {rates[1]} of {count(top['best_denominator'])}"
    chance = "; their intervals overlap, so it may be chance" if top["overlaps"] else ""
    said = f"By {dimension_name(top['dimension'])}: {size}{chance}."
    return f"{where.markup}<br><span class='cp-note'>{escape(said)}</span>"


def _with_overlap(frame: pl.DataFrame) -> pl.DataFrame:
    ends = {
        end: with_wilson(frame, numerator=f"{end}_numerator", denominator=f"{end}_denominator")
        for end in ("worst", "best")
    }
    overlaps = (ends["worst"]["lower"] <= ends["best"]["upper"]) & (ends["best"]["lower"] <= ends["worst"]["upper"])
    ranked = frame.with_columns(overlaps=overlaps)
    return ranked.sort("overlaps", pl.col("gap_points").abs(), descending=[False, True], maintain_order=True)


def _most_open(year: int) -> str:
    rows = data.load("care_gaps/measures", year=year).frame.drop_nulls("open_gaps").sort("open_gaps", descending=True)
    if rows.is_empty():
        return ""
    top = rows.row(0, named=True)
    where = link(
        f"Most open gaps: {top['title']}, {count(top['open_gaps'])} people",
        "care_gaps",
        measure=f"{top['measure_id']}.{top['group_id']}",
        year=year,
    )
    return f"{where.markup}<br><span class='cp-note'>Of {count(top['denominator'])} people in the denominator.</span>"


def _far_area(year: int) -> str:
    """The area whose interval lies furthest on the wrong side of the plan's rate."""
    worst: tuple[float, str] = (0.0, "")
    for key, measure in measures().items():
        released, quantity, plan = by_area(key, year)
        wrong = "above" if measure.better == "lower" else "below"
        is_candidate = (
            (pl.col("versus_plan") == wrong) & pl.col("state").is_not_null() & (pl.col("people") >= ENOUGH_PEOPLE)
        )
        rows = released.frame.filter(is_candidate)
        for row in rows.iter_rows(named=True):
            gap = abs(row["value"] - (plan or 0))
            if gap > worst[0]:
                title = f"Area furthest from the plan: {row['area_name']}, {measure.title}"
                where = link(title, "equity_map", show=key, area=row["area_id"], year=year, colour="plan")
                rate = interval(row["value"], row["lower"], row["upper"])
                said = f"{rate} of {count(row['people'])}; plan {quantity.text(plan)}."
                worst = (gap, f"{where.markup}<br><span class='cp-note'>{said}</span>")
    return worst[1]


def _glance(year: int) -> drawer.Drawers:
    released = data.load("care_gaps/measures", year=year).derive(with_wilson, note="95% Wilson intervals")
    section("Measures at a glance", f"Rate with its 95% interval, {year}; measured on people with a qualifying visit.")
    missing = "; ".join(not_computable())
    if missing:
        note(f"Not computable from this source: {missing}.")
    if released.frame.is_empty():
        if not missing:
            empty(
                "No measure has a result.",
                f"Nobody in {year} is in a measure's population.",
                "Care gaps says what is needed.",
            )
        return {}
    rows = released.frame.sort("open_gaps", descending=True, nulls_last=True).rows(named=True)
    trend = data.load("care_gaps/measures")
    table(
        [
            Column("Measure"),
            Column("Rate (interval)", is_number=True),
            Column("0–100%"),
            Column("Trend"),
            Column("Open gaps", is_number=True),
            Column("People", is_number=True),
        ],
        [_glance_row(row, trend, year) for row in rows],
        caption=f"Measures in {year}, most open gaps first",
    )
    drawer.button("measures", "this table")
    sentence = "The rate is numerator over denominator; the denominator is what exclusions and exceptions leave."
    return {"measures": drawer.Drawer(f"Measures, {year}", sentence, released)}


def _glance_row(row: dict[str, float], trend: Released, year: int) -> list[Cell]:
    measure = measures()[f"{row['measure_id']}.{row['group_id']}"]
    quantity = measure.quantity
    name = link(measure.title, "care_gaps", measure=measure.key, year=year)
    mark = quality.measure_mark(measure.measure_id).markup
    below = f"<br>{mark}" if mark else ""
    said = f"{measure.measure_id} · {measure.better} is better"
    way = Html(f"{name.markup}<br><span class='cp-note'>{said}</span>{below}")
    if row["rate"] is None:
        return [way, quantity.text(None, is_suppressed=bool(row["is_suppressed"])), "", "", "Suppressed", "Suppressed"]
    rate = interval(row["rate"], row["lower"], row["upper"])
    bar = bullet(row["rate"], row["lower"], row["upper"], label=rate, mode=theme.mode())
    own = trend.derive(partial(_own, measure.measure_id, measure.group_id, year))
    spark = sparkline(own, "rate", quantity, mode=theme.mode())
    return [way, rate, Html(bar), Html(spark), count(row["open_gaps"]), count(row["denominator"])]


def _own(measure_id: str, group_id: str, year: int, frame: pl.DataFrame) -> pl.DataFrame:
    is_own = (pl.col("measure_id") == measure_id) & (pl.col("group_id") == group_id) & (pl.col("year") <= year)
    return frame.filter(is_own)


def _what_was_read() -> None:
    show('<p class="cp-note"><a href="/about" target="_self">About: what was read, and what can be computed</a></p>')


PAGE = Page("Overview", "How are we doing, and where do I look first?", 1, render)
