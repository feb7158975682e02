"""How good the data are, said where a figure stands: the verdict in the context line, the mark on a tile.

Judged by the thresholds that stand in queries/checks/ at this moment: an edited one shows on the next run.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

import polars as pl
import streamlit as st

from dashboard.charts.formats import plural
from dashboard.components import data
from dashboard.components.markup import Html, link, show
from dashboard.errors import CheckFailed
from dashboard.privacy import Released, checks

PAGE = "data_quality"
FAILING = ("not_fit", "caution")
_MOST_TITLES = 5
# Figures as queries/checks names them under `affects:`, as people read them, and where they stand.
FIGURES = {
    "people": ("People", "overview"),
    "member_months": ("Member months", "overview"),
    "pmpm_usd": ("Allowed per member per month", "overview"),
    "ed_visits_per_1000": ("ED visits", "overview"),
    "inpatient_stays_per_1000": ("Inpatient stays", "overview"),
    "readmission_rate": ("Readmissions", "cost_and_use"),
    "service_category": ("Cost by kind of service", "cost_and_use"),
    "cost_distribution": ("How cost is spread", "cost_and_use"),
    "attribution": ("Figures by organisation", "care_gaps"),
    "groups": ("Figures by group and place", "equity_map"),
    "measures": ("Measures", "care_gaps"),
}
# A shape as well as a word: nothing is said by colour.
ICONS = {"not_fit": "✕", "caution": "▲", "passed": "✓", "nothing": "–"}
WORDS = {"not_fit": "not fit", "caution": "caution", "passed": "passed", "nothing": "nothing to check"}


def judged() -> Released:
    """Every check's result for the chosen population, judged now; columns as `quality.judged`, worst first."""
    pointer = data.warehouse_path()
    return _judged(str(pointer), str(pointer.resolve()), checks.stamp(), data.population())


@st.cache_resource(show_spinner=False, max_entries=20)
def _judged(pointer: str, version: str, stamp: tuple[tuple[str, int], ...], population: str) -> Released:
    _ = version, stamp  # part of the key: a new build or an edited threshold is another entry
    return checks.judged(Path(pointer), population)


def verdict() -> str:
    """'fit', 'cautions', 'not_fit' or 'unknown': the verdict on the chosen population."""
    return checks.verdict(judged().frame)


def failing(*figures: str) -> pl.DataFrame:
    """Results over a limit that touch any of the figures (all figures when none is named); worst first."""
    frame = judged().frame.filter(pl.col("status").is_in(FAILING))
    if figures:
        frame = frame.filter(pl.col("affects").list.set_intersection(list(figures)).list.len() > 0)
    return frame


def line() -> Html:
    """The verdict in the context line of every page, a link to the page Data quality."""
    try:
        said, cautions = verdict(), failing().filter(status="caution")["check_name"].n_unique()
    except CheckFailed:
        return link("quality: not judged, a check file has an error", PAGE)
    words = {"fit": "fit", "cautions": f"fit ({plural(cautions, 'caution')})", "not_fit": "not fit"}
    return link(f"quality: {words.get(said, 'not judged')}", PAGE)


def mark(*figures: str) -> Html:
    """The mark beside a figure that a failing check touches: an icon with words, a link to those checks; else empty.

    figures: names of FIGURES; the link leads to the checks of the first.
    """
    return _mark(figures[0], figures)


def measure_mark(measure_id: str, *figures: str) -> Html:
    """The mark beside a measure: checks of this one, of all measures, and of the other figures named."""
    return _mark(measure_id, (measure_id, "measures", *figures))


def show_mark(made: Html) -> None:
    """Write a mark on a line of its own; nothing where there is none."""
    if made.markup:
        show(f'<p class="cp-note">{made.markup}</p>')


def _mark(named: str, figures: tuple[str, ...]) -> Html:
    try:
        frame = failing(*figures)
    except CheckFailed:
        return Html("")
    if frame.is_empty():
        return Html("")
    worst = frame["status"][0]
    number = frame.filter(status=worst)["check_name"].n_unique()
    text = plural(number, "data caution") if worst == "caution" else f"data not fit: {plural(number, 'check')}"
    titles = "; ".join(frame["title"].unique(maintain_order=True).to_list()[:_MOST_TITLES])
    inner = link(f"{ICONS[worst]} {text}", PAGE, affects=named)
    return Html(f'<span class="cp-mark" title="{escape(titles)}">{inner.markup}</span>')
