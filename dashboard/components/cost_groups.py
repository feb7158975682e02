"""Cost and use by group: who costs more, who is in hospital more, who comes back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from dashboard.charts import Quantity, bars
from dashboard.charts.formats import count, plural
from dashboard.components import charting, data, drawer, quality, theme
from dashboard.components.groups import dimension_name, group_name
from dashboard.components.markup import Cell, Column, note, section, table
from dashboard.components.quantities import NEEDS, USE
from dashboard.components.states import empty
from dashboard.privacy import Released

BASES = {"allowed": "Allowed", "paid": "Paid"}
_PLACES = {"organization": "organisation", "county": "county", "zip3": "ZIP3 area"}
_USE = ("ed_visits_per_1000", "inpatient_stays_per_1000")
_STAYS = "inpatient_stays_per_1000"
_ROWS_DRAWN = 20
_TABLE_HEIGHT = 420
_READMISSIONS = Quantity("Readmitted within 30 days, not risk-adjusted", "percent", "lower")
_RATE = "readmission_rate"
Row = dict[str, Any]


@dataclass(frozen=True)
class View:
    """What the controls say: year, basis of amounts (allowed or paid), dimension to compare groups of ('' for none)."""

    year: int
    basis: str
    by: str

    @property
    def prefix(self) -> str:
        """Paid columns are `paid_…`, allowed ones have the bare name."""
        return "paid_" if self.basis == "paid" else ""

    @property
    def pmpm_column(self) -> str:
        """Where panels hold cost per member month, and what NEEDS calls it."""
        return f"{self.prefix}pmpm_usd"

    @property
    def pmpm(self) -> Quantity:
        """Cost per member month on the chosen basis."""
        return Quantity(f"{BASES[self.basis]} per member per month", "pmpm", "lower")


def name_of(dimension: str) -> str:
    """How a dimension, a place or the organisation is called in a sentence."""
    return _PLACES.get(dimension) or dimension_name(dimension)


def label_of(dimension: str) -> str:
    """The same as a heading."""
    name = name_of(dimension)
    return name[:1].upper() + name[1:]


def groups(view: View) -> drawer.Drawers:
    """Cost per member month by the chosen groups, or stays per 1,000 where the sources can't tell cost."""
    subjects = ((view.pmpm_column, view.pmpm), (_STAYS, USE[_STAYS]))
    column, quantity = next((s for s in subjects if not data.why_missing(NEEDS[s[0]])), ("", view.pmpm))
    name = name_of(view.by)
    if not column:
        section(f"By {name}")
        why = data.why_missing(NEEDS[_STAYS])
        empty("Neither cost nor use by group is computable from this source.", f"The reason: {why}.", "See About.")
        return {}
    loaded = data.load("cost_and_use/by_group", year=view.year, dimension=view.by)
    released = loaded.derive(partial(_ready, view.by, column))
    title = f"{quantity.name} by {name}, {view.year}"
    section(_finding(released.frame, column, quantity, name), f"{title}; crude, not adjusted for age or health.")
    quality.show_mark(quality.mark("attribution" if view.by == "organization" else "groups"))
    plan = released.frame[f"plan_{column}"][0] if column != _STAYS and released.frame.height else None
    _draw(released, column, quantity, plan, key="chart:groups")
    caption = f"Cost and use by {name}, {view.year}"
    with st.expander(f"Table: {caption}"):
        rows = [_group_row(row, view) for row in released.frame.iter_rows(named=True)]
        table(_group_columns(view), rows, caption=caption, height_px=_TABLE_HEIGHT)
    drawer.button("groups", title)
    return {"groups": drawer.Drawer(title, "Crude figures: groups differ in age and in health.", released)}


def _ready(dimension: str, column: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Each group's name for people in `label`; the highest first, Unknown and what can't be shown last."""
    pairs = frame.select("group_value", "group_label").rows()
    names = [group_name(value, dimension) if label == value else label for value, label in pairs]
    last = (pl.col("group_value") == "Unknown", pl.col(column).is_null())
    named = frame.with_columns(pl.Series("label", names, dtype=pl.String))
    return named.sort(*last, column, "label", descending=[False, False, True, False])


def _draw(released: Released, column: str, quantity: Quantity, plan: float | None, *, key: str) -> None:
    """Bars of every group; of many groups only the highest that can be shown."""
    drawn = released.derive(partial(_drawable, column))
    if drawn.frame[column].null_count() == drawn.frame.height:
        few = "Every group is suppressed to protect few people, or has nothing to count."
        empty("No group can be drawn.", few, "Compare by another group.")
        return
    chart = bars(drawn, label="label", value=column, quantity=quantity, plan=plan, mode=theme.mode())
    charting.draw(chart, key=key)
    if left_out := released.frame.height - drawn.frame.height:
        note(f"{plural(left_out, 'more row')} in the table.")


def _drawable(column: str, frame: pl.DataFrame) -> pl.DataFrame:
    return frame if frame.height <= _ROWS_DRAWN else frame.drop_nulls(column).head(_ROWS_DRAWN)


def _finding(frame: pl.DataFrame, column: str, quantity: Quantity, name: str) -> str:
    known = frame.filter(pl.col("group_value") != "Unknown").drop_nulls(column)
    if known.is_empty():
        return f"By {name}: every group is suppressed"
    top = known.sort(column, "label", descending=[True, False]).row(0, named=True)
    return f"By {name}: highest for {top['label']}, {quantity.text(top[column])}"


def _group_columns(view: View) -> list[Column]:
    money = [f"{BASES[view.basis]} PMPM", "With a cap"] + (["Medical", "Pharmacy"] if not view.prefix else [])
    names = ["People", *money, "ED visits per 1,000", "Stays per 1,000"]
    return [Column(label_of(view.by)), *(Column(name, is_number=True) for name in names)]


def _group_row(row: Row, view: View) -> list[Cell]:
    money = [view.pmpm_column, f"{view.prefix}capped_pmpm_usd"]
    money += [] if view.prefix else ["medical_pmpm_usd", "pharmacy_pmpm_usd"]
    shown = [(name, view.pmpm, view.pmpm_column) for name in money] + [(name, USE[name], name) for name in _USE]
    cells = [_figure(row, *each) for each in shown]
    return [str(row["label"]), "Suppressed" if row["people"] is None else count(row["people"]), *cells]


def _figure(row: Row, column: str, quantity: Quantity, figure: str) -> str:
    """One figure without its unit, which the column's heading names."""
    why = data.why_missing(NEEDS[figure])
    text = quantity.text(None if why else row[column], is_suppressed=bool(row["is_suppressed"]) and not why)
    return text.removesuffix(" PMPM").removesuffix(" per 1,000")


def readmissions(view: View) -> drawer.Drawers:
    """The 30-day readmission rate of the plan and of the chosen groups, without risk adjustment."""
    title = f"Readmissions within 30 days, {view.year}"
    if why := data.why_missing(NEEDS[_RATE]):
        section(title)
        empty("Readmissions are not computable from this source.", f"The reason: {why}.", "See About.")
        return {}
    whole = data.load("cost_and_use/readmissions", year=view.year, dimension="all").frame.rows(named=True)
    plan = whole[0][_RATE] if whole else None
    section(_rate_title(whole), "All causes; planned ones set apart, transfers joined. Not risk-adjusted.")
    quality.show_mark(quality.mark(_RATE))
    note(_how_many(whole[0]) if whole else f"Nobody left hospital in {view.year} with 30 days to follow.")
    loaded = data.load("cost_and_use/readmissions", year=view.year, dimension=view.by)
    released = loaded.derive(partial(_ready, view.by, _RATE))
    _draw(released, _RATE, _READMISSIONS, plan, key="chart:readmissions")
    caption = f"{title}, by {name_of(view.by)}"
    with st.expander(f"Table: {caption}"):
        names = (label_of(view.by), "Rate", "Index stays", "Readmitted")
        columns = [Column(name, is_number=place > 0) for place, name in enumerate(names)]
        rows = [_readmission_row(row) for row in released.frame.iter_rows(named=True)]
        table(columns, rows, caption=caption, height_px=_TABLE_HEIGHT)
    drawer.button("readmissions", title)
    sentence = "Unplanned acute stays that begin within 30 days of an index stay's discharge, over index stays."
    return {"readmissions": drawer.Drawer(title, sentence, released)}


def _rate_title(whole: list[Row]) -> str:
    if not whole:
        return "30-day readmissions: no index stay"
    return f"30-day readmissions: {_READMISSIONS.text(whole[0][_RATE], is_suppressed=bool(whole[0]['is_suppressed']))}"


def _how_many(row: Row) -> str:
    """The counts behind the rate, as far as they may be shown."""
    stays, back, planned = (row[name] for name in ("index_stays", "readmissions", "planned_readmissions"))
    if stays is None:
        return "The number of index stays is suppressed."
    said = f"{plural(stays, 'index stay')}"
    if back is not None:
        said = f"{count(back)} of {said}"
    return f"{said}; {plural(planned, 'planned readmission')} set apart." if planned else f"{said}."


def _readmission_row(row: Row) -> list[Cell]:
    counts = ["Suppressed" if row[name] is None else count(row[name]) for name in ("index_stays", "readmissions")]
    rate = _READMISSIONS.text(row[_RATE], is_suppressed=bool(row["is_suppressed"]))
    return [str(row["label"]), "No index stay" if row["index_stays"] == 0 else rate, *counts]
