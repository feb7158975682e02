"""The one theme: Streamlit's settings in light and dark, and the page's own CSS."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

from dashboard.charts.palette import DARK, LIGHT, Palette, of

_CSS = Path(__file__).parents[1] / "assets" / "careparity.css"


def settings() -> dict[str, object]:
    """Streamlit's theme options for both modes; the browser's preference chooses, the menu can change it."""
    options: dict[str, object] = {"theme.baseFontSize": 15, "theme.font": "sans-serif", "theme.baseRadius": "6px"}
    options |= {"theme.paddingTop": "0.5rem", "theme.paddingBottom": "2rem"}
    for palette in (LIGHT, DARK):
        options |= {f"theme.{palette.mode}.{name}": value for name, value in _colours(palette).items()}
    return options


def _colours(palette: Palette) -> dict[str, object]:
    return {
        "primaryColor": palette.accent,
        "backgroundColor": palette.ground,
        "secondaryBackgroundColor": palette.raised,
        "textColor": palette.ink,
        "linkColor": palette.accent,
        "linkUnderline": True,
        "borderColor": palette.line,
        "codeBackgroundColor": palette.raised,
        "chartCategoricalColors": list(palette.categories),
    }


def mode() -> str | None:
    """'light' or 'dark' as the browser shows it; None before it has said."""
    return st.context.theme.type


def apply() -> None:
    """Put the page's CSS and the colours of the current mode into the page."""
    st.html(f"<style>{_variables(of(mode()))}{_css()}</style>")


@cache
def _variables(palette: Palette) -> str:
    named = {
        "ground": palette.ground,
        "raised": palette.raised,
        "ink": palette.ink,
        "muted": palette.muted,
        "line": palette.line,
        "accent": palette.accent,
        "unknown": palette.unknown,
        "data": palette.sequential[2],
        "better": palette.diverging[2],
        "worse": palette.diverging[0],
        "hatch-a": palette.hatch[0],
        "hatch-b": palette.hatch[1],
    }
    return ":root{" + "".join(f"--cp-{name}:{value};" for name, value in named.items()) + "}"


@cache
def _css() -> str:
    return _CSS.read_text(encoding="utf-8")
