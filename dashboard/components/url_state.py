"""Every control lives in the URL, so that a link gives the same view and Back undoes a choice.

The URL is the only memory: a control is set from it before it is drawn, and writes to it in its callback (writing there
adds a history entry; a widget bound to the query string would not). What is absent or unknown means the default.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

T = TypeVar("T", str, int)

SOURCE = "source"  # the population whose figures are shown: it holds from page to page
_PREFIX = "url:"


def read(name: str, options: Sequence[T], default: T) -> T:
    """The option that the URL names, or `default`; an unknown value is the default, never an error."""
    given = st.query_params.get(name)
    return next((option for option in options if str(option) == given), default)


def text(name: str, *, longest: int = 60) -> str:
    """Free text in the URL, cut to a sane length; empty when absent."""
    return st.query_params.get(name, "")[:longest]


def carried() -> dict[str, str]:
    """The choice that a link to another view takes along."""
    return {SOURCE: st.query_params[SOURCE]} if SOURCE in st.query_params else {}


def write(name: str, value: str | int | None) -> None:
    """Put a choice into the URL; None and empty take it out. Call it from callbacks only."""
    if value is None or value == "":
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = str(value)


def clear(names: Sequence[str]) -> None:
    """Take the named controls out of the URL: back to the defaults."""
    kept = {key: value for key, value in st.query_params.to_dict().items() if key not in names}
    st.query_params.from_dict(kept)


def select(
    name: str, label: str, options: Sequence[T], *, default: T, shown: Callable[[T], str] = str, help: str | None = None
) -> T:
    """A drop-down whose choice is `?name=` in the URL; help: a sentence behind a question mark."""
    key = _PREFIX + name
    value = read(name, options, default)
    st.session_state[key] = value
    st.selectbox(label, options, key=key, format_func=shown, on_change=_changed, args=(name, key, default), help=help)
    return value


def segments(name: str, label: str, options: Sequence[T], *, default: T, shown: Callable[[T], str] = str) -> T:
    """A row of buttons, one of which is chosen; for two to four short options."""
    key = _PREFIX + name
    value = read(name, options, default)
    st.session_state[key] = value
    st.segmented_control(
        label, options, key=key, format_func=shown, required=True, on_change=_changed, args=(name, key, default)
    )
    return value


def search(name: str, label: str, placeholder: str) -> str:
    """A text box whose content is `?name=` in the URL."""
    key = _PREFIX + name
    value = text(name)
    st.session_state[key] = value
    st.text_input(label, key=key, placeholder=placeholder, on_change=_changed, args=(name, key, ""))
    return value


def _changed(name: str, key: str, default: str | int) -> None:
    value = st.session_state[key]
    write(name, None if value == default else value)
