"""The filter bar: period first, what else a page needs, reset, and a line that says in words what is shown."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.components import data, url_state
from dashboard.components.markup import note
from dashboard.components.states import empty

_NEVER_ADDED = "Sources that aren't linked are never added up: each population is shown by itself."


def population() -> None:
    """The choice of a population, where there are several; every panel that is loaded afterwards is of the chosen."""
    names = data.populations()
    if len(names) > 1:
        default = next(iter(names))
        url_state.select(
            url_state.SOURCE, "Population", list(names), default=default, shown=names.__getitem__, help=_NEVER_ADDED
        )


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
    options = sorted(_years_of_population(facts.years), reverse=True)
    default = facts.default_year if facts.default_year in options else _latest(options)
    return url_state.select("year", "Period", options, default=default, shown=_year_label)


def _years_of_population(years: list[int]) -> list[int]:
    """The years in which the chosen population has anyone; all of them where there is one population."""
    if len(data.populations()) < 2:
        return years
    own = set(data.load("overview/tiles").frame["year"].to_list())
    return [year for year in years if year in own] or years


def _latest(years: list[int]) -> int:
    """The last complete year, or the last."""
    return max([year for year in years if year in data.facts().complete_years] or years)


def _year_label(value: int) -> str:
    return str(value) if value in data.facts().complete_years else f"{value} (incomplete)"


def bar_end(names: Sequence[str]) -> None:
    """The reset button; it takes the named controls, and the population, out of the URL."""
    st.button(
        "Reset",
        on_click=url_state.clear,
        args=((*names, url_state.SOURCE),),
        icon=":material/restart_alt:",
        type="tertiary",
    )


def in_words(text: str) -> None:
    """What is shown, as one line; with the population, where there are several."""
    names = data.populations()
    of = f" Population: {names[data.population()]}. {_NEVER_ADDED}" if len(names) > 1 else ""
    note(f"Shown: {text.rstrip('.')}.{of}" if of else f"Shown: {text}")
