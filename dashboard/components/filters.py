"""The filter bar: period first, what else a page needs, reset, and a line that says in words what is shown."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.components import data, url_state
from dashboard.components.markup import note
from dashboard.components.states import empty


def year() -> int | None:
    """The chosen year; None (and the reason on the page) when the warehouse holds none."""
    facts = data.facts()
    if not facts.years or facts.default_year is None:
        empty(
            "No year can be shown.",
            "The sources hold no enrolment, visit or claim with a date that can be used.",
            "About lists what was read. Add a source with dates, and build again.",
        )
        return None
    options = sorted(facts.years, reverse=True)
    return url_state.select("year", "Period", options, default=facts.default_year, shown=_year_label)


def _year_label(value: int) -> str:
    return str(value) if value in data.facts().complete_years else f"{value} (incomplete)"


def bar_end(names: Sequence[str]) -> None:
    """The reset button; it takes the named controls out of the URL."""
    st.button("Reset", on_click=url_state.clear, args=(tuple(names),), icon=":material/restart_alt:", type="tertiary")


def in_words(text: str) -> None:
    """What is shown, as one line."""
    note(f"Shown: {text}")
