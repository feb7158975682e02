"""HTML that is ours: escaped, semantic, readable aloud. Everything a page writes by itself passes through here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard.charts.formats import NOT_COMPUTABLE, SUPPRESSED
from dashboard.components import url_state


@dataclass(frozen=True)
class Html:
    """Markup that is already safe; a bare string is escaped."""

    markup: str


Cell = str | Html


def safe(cell: Cell) -> str:
    """The markup of a cell; the words for hidden numbers are set apart in italics."""
    if isinstance(cell, Html):
        return cell.markup
    if cell in {SUPPRESSED, NOT_COMPUTABLE}:
        return f'<span class="cp-suppressed">{cell}</span>'
    return escape(cell)


def show(markup: str) -> None:
    """Write safe markup."""
    st.html(markup)


def section(title: str, subtitle: str = "") -> None:
    """A second-level heading with the line that says measure, people and period."""
    below = f'<p class="cp-sub">{escape(subtitle)}</p>' if subtitle else ""
    show(f'<h2 class="cp-section">{escape(title)}</h2>{below}')


def note(text: str) -> None:
    """A small line."""
    show(f'<p class="cp-note">{escape(text)}</p>')


def link(text: str, page: str, **parameters: str | int) -> Html:
    """A link to the exact view of another page, of the same population."""
    pinned = {**parameters, **url_state.carried()}
    query = f"?{urlencode(pinned)}" if pinned else ""
    return Html(f'<a href="/{escape(page)}{escape(query)}" target="_self">{escape(text)}</a>')


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and whether it holds numbers (right-aligned)."""

    heading: str
    is_number: bool = False


def table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    *,
    caption: str,
    height_px: int | None = None,
    chosen: int | None = None,
) -> None:
    """A real table: the first cell of a row is its heading. Scrolls by keyboard when taller than `height_px`."""
    head = "".join(f"<th scope='col'{_number(column)}>{escape(column.heading)}</th>" for column in columns)
    body = "".join(_row(columns, row, is_chosen=index == chosen) for index, row in enumerate(rows))
    style = f' style="--cp-table-height:{height_px}px"' if height_px else ""
    show(
        f'<div class="cp-scroll" role="region" tabindex="0" aria-label="{escape(caption)}"{style}>'
        f'<table class="cp-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(columns: Sequence[Column], row: Sequence[Cell], *, is_chosen: bool) -> str:
    first = f"<th scope='row'>{safe(row[0])}</th>"
    rest = "".join(f"<td{_number(column)}>{safe(cell)}</td>" for column, cell in zip(columns[1:], row[1:], strict=True))
    return f"<tr{' class=cp-chosen' if is_chosen else ''}>{first}{rest}</tr>"


def _number(column: Column) -> str:
    return " class='cp-number'" if column.is_number else ""


def definitions(pairs: Sequence[tuple[str, Cell]]) -> None:
    """A list of terms and what they are."""
    inner = "".join(f"<dt>{escape(term)}</dt><dd>{safe(cell)}</dd>" for term, cell in pairs)
    show(f'<dl class="cp-facts">{inner}</dl>')


def code(sql: str) -> None:
    """SQL, wrapped and whole: a block that scrolls by itself can't be reached by keyboard."""
    st.code(sql, language="sql", wrap_lines=True)
