"""Payments from file to page: what becomes of each dollar delivered, by source and year of service, to the cent."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from dashboard.charts.formats import MINUS, SUPPRESSED
from dashboard.components import data, drawer, quality, url_state
from dashboard.components.markup import Cell, Column, Html, note, section, table
from dashboard.components.states import empty

CLAIMS = {"medical": "Medical", "pharmacy": "Pharmacy"}
_STEPS = {
    "delivered": "Delivered",
    "cancelled": "Cancelled, draft or in error",
    "no_person": "Of people whom no file describes",
    "linked_copy": "Told by a linked source too",
    "reversed_or_resent": "Reversed, or sent again",
    "repeated_header": "The claim's amount repeated on lines",
    "denied": "Denied",
    "undated": "Without a date of service",
    "outside_periods": "In a year that isn't reported",
    "not_present": "Before birth or after death",
    "unenrolled": "Outside enrolment",
    "counted": "Counted on the pages",
}
_OTHER, _UNDATED = "Other years", "Undated"
_NOT_HERE = "–"


def paid_steps() -> drawer.Drawers:
    """Draw the section: a choice of claims, a table for each source, and whether it adds up; returns its drawer."""
    section(
        "Every dollar accounted for",
        "Paid amounts by year of service: what was delivered is the sum of the steps below it, to the cent.",
    )
    released = data.load("data_quality/paid_steps")
    if released.frame.is_empty():
        empty("No payment was delivered.", "No claim of these sources states what was paid.", "See About.")
        return {}
    kind = url_state.segments("claims", "Claims", list(CLAIMS), default="medical", shown=CLAIMS.__getitem__)
    frame = released.frame.filter(claim_kind=kind).with_columns(
        column=pl.when(pl.col("year").is_null())
        .then(pl.lit(_UNDATED))
        .when(pl.col("year").is_in(data.facts().years))
        .then(pl.col("year").cast(pl.String))
        .otherwise(pl.lit(_OTHER))
    )
    if frame.is_empty():
        empty(f"No {kind} payment was delivered.", "These sources hold no such claims.", "Choose the other claims.")
    for (source,), of in frame.group_by("source", maintain_order=True):
        _table(f"{CLAIMS[kind]} payments of {source}, in dollars", of)
    note(_on_pages(frame, kind))
    drawer.button("paid", "these payments")
    sentence = "A dollar ends in the first step that fits it; what is left counts on the pages."
    return {"paid": drawer.Drawer("Payments from file to page", sentence, released)}


def _table(caption: str, frame: pl.DataFrame) -> None:
    years = [name for name in [*map(str, data.facts().years), _OTHER, _UNDATED] if name in set(frame["column"])]
    steps = [step for step in _STEPS if step in set(frame["step"])]
    cells = {(step, year): _added(frame.filter(step=step, column=year)) for step in steps for year in years}
    rows: list[list[Cell]] = [[_STEPS[step], *(_usd(cells[step, year]) for year in years)] for step in steps]
    rows.append(["Adds up", *(_adds_up(year, steps, cells, unseen=_by_the_build()) for year in years)])
    table([Column("Step"), *(Column(year, True) for year in years)], rows, caption=caption)


def _added(frame: pl.DataFrame) -> Decimal | str:
    """The amount of a step in a column; a word where it is hidden or there is none."""
    if frame.is_empty():
        return _NOT_HERE
    values = frame["paid_usd"].to_list()
    return SUPPRESSED if None in values else sum(values, Decimal(0))


def _usd(value: Decimal | str) -> str:
    if isinstance(value, str):
        return value
    return f"{MINUS if value < 0 else ''}${abs(value):,.2f}"


def _by_the_build() -> str:
    """Whether the steps of every year add up, as the build saw it, hidden ones too."""
    status = quality.judged().frame.filter(check_name="paid_unbalanced")["status"].to_list()
    return {"passed": "✓ by the build", "not_fit": "✕ no, by the build"}.get(status[0] if status else "", SUPPRESSED)


def _adds_up(year: str, steps: list[str], cells: dict[tuple[str, str], Decimal | str], *, unseen: str) -> Cell:
    """Whether what was delivered is the sum of its steps; `unseen` where one of them is hidden."""
    known = [cells[step, year] for step in steps]
    if SUPPRESSED in known:
        return unseen
    delivered, *parts = (value if isinstance(value, Decimal) else Decimal(0) for value in known)
    return Html("✓ to the cent") if delivered == sum(parts, Decimal(0)) else Html("✕ no")


def _on_pages(frame: pl.DataFrame, kind: str) -> str:
    """Whether what was counted, all sources of the population together, is what the pages add up."""
    pages = data.load("data_quality/paid_on_pages").frame
    said = []
    for year, on_page in pages.select("year", f"{kind}_paid_usd").iter_rows():
        counted = _added(frame.filter(step="counted", year=year))
        if isinstance(counted, Decimal) and on_page is not None:
            difference = on_page - counted
            said.append(
                f"{year} {'✓ equal, ' + _usd(on_page) if not difference else '✕ differs by ' + _usd(difference)}"
            )
    return f"Counted here against the figures of cost and use: {'; '.join(said) or 'nothing to compare'}."
