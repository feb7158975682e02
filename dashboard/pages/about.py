"""About: under which rules is this published, what was read, how is each number defined?"""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.charts.formats import count, plural
from dashboard.components import data, filters, url_state
from dashboard.components.frame import Page, foot, head
from dashboard.components.markup import Cell, Column, code, definitions, section, show, table
from dashboard.components.methods import GLOSSARY, METHODS
from dashboard.components.states import empty
from dashboard.privacy import Policy
from dashboard.privacy.record import in_words

_AREAS = {"county": "counties", "zip3": "ZIP3 areas (approximate outlines)", "state": "states"}
_COUNTS = ("read", "loaded", "duplicate", "rejected", "ignored")


def render() -> None:
    """Draw the page."""
    facts = head(PAGE.question, "About")
    policy = data.policy()
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        filters.population()
    left, right = st.columns(2, gap="medium")
    with left:
        section("Policy in force", f"{policy.label}, {policy.basis}. Everything on every page has passed it.")
        show("<ul>" + "".join(f"<li>{escape(line)}</li>" for line in policy.in_words) + "</ul>")
        _record(policy)
        _who_may_see()
    with right:
        _warehouse(facts)
        _capabilities()
    _sources()
    _queries()
    _methods()
    foot("about", {})


def _record(policy: Policy) -> None:
    """The agreement or determination behind the policy, as recorded."""
    record = policy.record
    if record is None:
        return
    section("On record", "As recorded by its parties at the build. A page refuses after its last day.")
    facts: list[tuple[str, Cell]] = [
        ("Record", f"{record.title}, {record.document}"),
        ("Covered entity", record.covered_entity),
        ("Recipients", "; ".join(record.recipients)),
        ("Purpose", record.purpose),
        ("Permitted uses", ", ".join(use.replace("_", " ") for use in record.permitted_uses)),
        ("In force", f"{in_words(record.signed)} to {in_words(record.expires)}"),
    ]
    definitions([*facts, ("Method", record.method)] if record.method else facts)


def _who_may_see() -> None:
    section("Who may see this")
    text = (
        "This server listens on this machine only and signs nobody in: whoever sits here sees these pages. "
        "What they show is published under the policy above."
    )
    show(f'<p class="cp-words">{text}</p>')


def _warehouse(facts: data.Facts) -> None:
    section("This warehouse")
    years = ", ".join(str(year) for year in facts.years) or "none"
    incomplete = [str(year) for year in facts.years if year not in facts.complete_years]
    definitions(
        [
            ("Version", facts.fingerprint),
            ("Built", f"{facts.built_at:%Y-%m-%d %H:%M} UTC"),
            ("Data through", facts.data_through or "no dated data"),
            ("Populations", "; ".join(data.populations().values()) or "none"),
            ("Years", years),
            ("Incomplete years", ", ".join(incomplete) or "none"),
            ("People", "synthetic: no person is described" if facts.is_synthetic else facts.people),
            ("Areas", _AREAS[facts.area_level]),
            ("Withheld", ", ".join(facts.withheld) or "nothing"),
            ("Program", f"CareParity {facts.version}"),
        ]
    )


def _capabilities() -> None:
    names = data.populations()
    of = f" This is of {names[data.population()]}." if len(names) > 1 else ""
    section("What can be computed", f"A figure that lacks its source says so; it is never shown as zero.{of}")
    rows = data.load("about/capabilities").frame.rows(named=True)
    definitions(
        [
            (row["capability"].replace("_", " ").capitalize(), "yes" if row["is_available"] else f"no: {row['reason']}")
            for row in rows
        ]
    )


def _sources() -> None:
    section("What was read", "Read = loaded + duplicate + rejected + ignored, by type. Files are never named.")
    frame = data.load("about/sources").frame
    if frame.is_empty():
        empty("Nothing was read.", "The build saw no file of a known format.", "Build again with --source.")
        return
    columns = [Column("Type"), Column("Format"), Column("Source")]
    rows = [_source_row(row) for row in frame.iter_rows(named=True)]
    table(
        [*columns, *(Column(name.capitalize(), True) for name in _COUNTS)],
        rows,
        caption=f"Rows by type: {plural(len(rows), 'type')}",
        height_px=360,
    )


def _source_row(row: dict[str, object]) -> list[Cell]:
    numbers: list[Cell] = ["Suppressed" if row[c] is None else count(int(str(row[c]))) for c in _COUNTS]
    return [str(row["type"]), str(row["format"]), str(row["source"]), *numbers]


def _queries() -> None:
    section("Definitions", "Every number comes from one of these SQL files; choose one to read it.")
    rows = {row["path"]: row for row in data.load("about/queries").frame.iter_rows(named=True)}
    if not rows:
        empty("No query is listed.", "The warehouse holds none.", "Build it again.")
        return
    titles = {path: f"{path.removeprefix('queries/')}: {row['title']}" for path, row in rows.items()}
    first = next((path for path in rows if path.startswith("queries/measures/")), next(iter(rows)))
    path = url_state.select("query", "Query", list(titles), default=first, shown=titles.__getitem__)
    row = rows[path]
    facts: list[tuple[str, Cell]] = [("File", path), ("Question", row["question"] or row["title"])]
    facts += [(name.capitalize(), row[name]) for name in ("why", "spec", "better") if row[name]]
    definitions(facts)
    with st.expander("SQL", expanded="query" in st.query_params):
        code(row["sql"])


def _methods() -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        section("Methods", "Two sentences, the formula, the source.")
        for method in METHODS:
            show(f"<h3>{method.name}</h3><p class='cp-words'>{method.words}</p>")
            st.latex(method.formula)
            show(f'<p class="cp-note">{method.source}</p>')
    with right:
        section("Glossary")
        definitions(GLOSSARY)


PAGE = Page("About", "Under which rules is this published, and how is each number defined?", 9, render)
