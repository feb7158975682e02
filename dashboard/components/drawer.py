"""The drawer behind every number: definition, SQL, period, refresh, suppression, policy, how to cite, download."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard.components import data, url_state
from dashboard.components.markup import code, definitions
from dashboard.exports import csv_bytes, file_name
from dashboard.privacy import Released

_PARAMETER = "about"


@dataclass(frozen=True)
class Drawer:
    """What a drawer explains: a title, one plain sentence, and the released numbers behind it."""

    title: str
    sentence: str
    released: Released


Drawers = dict[str, Drawer]


def button(name: str, title: str) -> None:
    """The button that opens the drawer `name`; it is in the URL, so Back closes it."""
    st.button(
        "Definition", key=f"drawer:{name}", type="tertiary", icon=":material/info:", on_click=_open, args=(name,),
        help=f"How {title} is defined, and where it comes from",
    )  # fmt: skip


def show_chosen(drawers: Drawers) -> None:
    """Open the drawer that the URL names, if it is one of this page's. Call once, last."""
    chosen = drawers.get(url_state.text(_PARAMETER))
    if chosen is not None:
        st.dialog(chosen.title, width="medium", on_dismiss=_close)(_content)(chosen)


def _open(name: str) -> None:
    url_state.write(_PARAMETER, name)


def _close() -> None:
    url_state.write(_PARAMETER, None)


def _content(drawer: Drawer) -> None:
    said, facts = drawer.released.provenance, data.facts()
    st.markdown(drawer.sentence)
    definitions(
        [
            ("Question", said.question),
            ("Period", ", ".join(value for name, value in said.filters if name == "year") or "all years"),
            ("Filters", "; ".join(f"{name} = {value}" for name, value in said.filters) or "none"),
            ("Refreshed", said.built_at),
            ("Suppression", f"{said.rule}; {said.hidden_cells} rows hold a hidden number"),
            ("Policy", f"{said.policy}. {said.notice}" if said.notice else said.policy),
            ("Cite as", cite(drawer, facts)),
        ]
    )
    download(drawer.released, drawer.title)
    st.markdown(f"**SQL** · `{said.definition}`")
    code(said.sql)


def cite(drawer: Drawer, facts: data.Facts) -> str:
    """One line that lets a reader find the number again."""
    kind = "Synthetic population" if facts.is_synthetic else "Health plan data"
    said = drawer.released.provenance
    place = f"{said.definition}, warehouse {said.warehouse[:8]}, {said.built_at}"
    return f"{drawer.title}. {kind}, {place}. CareParity {facts.version}."


def download(released: Released, title: str) -> None:
    """A button that downloads the numbers as a CSV file which explains itself."""
    st.download_button(
        "Download CSV",
        data=lambda: csv_bytes(released, title),
        file_name=file_name(title),
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"download:{title}",
    )
