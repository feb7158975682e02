"""Data quality: can I use this today?"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from dashboard.charts.formats import count, percent, plural
from dashboard.charts.months import months
from dashboard.components import charting, data, drawer, filters, quality, theme, url_state
from dashboard.components.frame import Page, foot, head
from dashboard.components.markup import Cell, Column, Html, link, note, section, show, table
from dashboard.components.money import CLAIMS, paid_steps
from dashboard.components.quantities import measures
from dashboard.components.states import empty

_CONTROLS = ("show", "kind", "affects", "claims")
_KINDS = {
    "conformance": "Is it written as it should be?",
    "completeness": "Is it all there?",
    "plausibility": "Can it be true?",
}
_SHOW = {"failing": "Only what failed", "all": "All checks"}
_VERDICTS = {
    "fit": ("✓", "Fit for use", "No check found more than its threshold allows."),
    "cautions": ("▲", "Fit for use, with cautions", "Look at what is marked before you rely on it."),
    "not_fit": ("✕", "Not fit for use", "At least one check is over the limit beyond which figures mislead."),
    "unknown": ("–", "Not judged", "No check found anything to look at."),
}
_RULE = (
    "The rule: a check that finds more than its `not_fit` limit makes the data not fit; one that finds more than its "
    "`threshold` is a caution; otherwise the data are fit. Both stand in the check's file in queries/checks."
)
_TABLES = {
    "claim": "Medical claims",
    "pharmacy_claim": "Pharmacy claims",
    "encounter": "Encounters",
    "lab_result": "Laboratory results",
    "member_month": "Members",
}
Row = dict[str, Any]
_COUNTS = ("read", "loaded", "duplicate", "rejected", "ignored")
_REASONS = 5


@dataclass(frozen=True)
class View:
    """What every row needs: the judged checks, how few are written, whether sources must be told apart, and where
    figures stand.
    """

    checks: pl.DataFrame
    threshold: int
    has_sources: bool
    places: dict[str, str]

    @property
    def few(self) -> str:
        """How a count from 1 to threshold − 1 is written."""
        return f"1–{self.threshold - 1}"


def render() -> None:
    """Draw the page."""
    head(PAGE.question, "Data quality")
    checks = quality.judged().frame
    several = checks["source"].drop_nulls().n_unique() > 1
    view = View(checks, data.facts().threshold, several, _places(checks))
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        filters.population()
        chosen = url_state.segments("show", "Show", list(_SHOW), default="failing", shown=_SHOW.__getitem__)
        kinds = {"": "All kinds"} | {kind: kind.capitalize() for kind in _KINDS}
        kind = url_state.select("kind", "Kind", list(kinds), default="", shown=kinds.__getitem__)
        names = {"": "Any figure"} | _figures(checks)
        affects = url_state.select("affects", "Touching", list(names), default="", shown=names.__getitem__)
        filters.bar_end(_CONTROLS)
    filters.in_words(_in_words(chosen, kind, names[affects] if affects else ""))
    _verdict(view)
    _checks(view, _narrowed(checks, chosen, kind, affects), chosen, is_narrowed=bool(kind or affects))
    drawer.button("checks", "the checks")
    drawers = paid_steps()
    _reconciliation()
    _coverage()
    claims = url_state.read("claims", list(CLAIMS), "")
    pinned = {"show": chosen, "kind": kind, "affects": affects, "claims": claims}
    foot("data_quality", {name: value for name, value in pinned.items() if value})
    sentence = "What each check found, judged by the thresholds that stand in queries/checks at this moment."
    drawers["checks"] = drawer.Drawer("Data checks", sentence, quality.judged().derive(_flat))
    drawer.show_chosen(drawers)


def _figures(checks: pl.DataFrame) -> dict[str, str]:
    """Figures that any check touches, and every measure, by the name the files use."""
    named = {*checks["affects"].explode().drop_nulls()}
    ids = {measure.measure_id for measure in measures().values()} | {name for name in named if name.isupper()}
    return {name: _figure_name(name) for name in (*(n for n in quality.FIGURES if n in named), *sorted(ids))}


def _figure_name(name: str) -> str:
    return quality.FIGURES[name][0] if name in quality.FIGURES else name


def _in_words(chosen: str, kind: str, figure: str) -> str:
    what = f"{kind} checks" if kind else "checks"
    which = f"{what} that failed" if chosen == "failing" else f"all {what}"
    return f"{which}{f', touching {figure}' if figure else ''}"


def _narrowed(checks: pl.DataFrame, chosen: str, kind: str, affects: str) -> pl.DataFrame:
    if chosen == "failing":
        checks = checks.filter(pl.col("status").is_in(quality.FAILING))
    if kind:
        checks = checks.filter(kind=kind)
    if affects:
        touched = [affects] if affects in quality.FIGURES else [affects, "measures"]
        checks = checks.filter(pl.col("affects").list.set_intersection(touched).list.len() > 0)
    return checks


def _verdict(view: View) -> None:
    checks = view.checks
    icon, title, advice = _VERDICTS[quality.verdict()]
    failed = checks.filter(pl.col("status").is_in(quality.FAILING))
    looked = checks.filter(pl.col("status") != "nothing")["check_name"].n_unique()
    over, idle = failed["check_name"].n_unique(), checks["check_name"].n_unique() - looked
    summary = (
        f"{count(over)} of {plural(looked, 'check')} that could look found more than allowed; "
        f"{plural(idle, 'check')} had nothing to look at."
    )
    rule = f'<p class="cp-note">{_coded(_RULE)}</p>'
    show(
        f'<div class="cp-verdict"><h2><span aria-hidden="true">{icon}</span> {title}</h2>'
        f'<p class="cp-words">{advice} {summary}</p>{_reasons(view, failed)}{rule}</div>'
    )
    outdated = checks.filter("is_outdated")["check_name"].n_unique()
    missing = checks.filter(pl.col("check_digest").is_null() & (pl.col("status") == "nothing"))
    if outdated:
        note(
            f"{plural(outdated, 'check')} changed since the build: thresholds count at once, statements after a build."
        )
    if missing.height == checks.height and checks.height:
        note("No check has run in this warehouse. Build it again.")


def _coded(text: str) -> str:
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))


def _reasons(view: View, failed: pl.DataFrame) -> str:
    """The worst findings in words, each with what it touches."""
    worst = failed.unique("check_name", keep="first", maintain_order=True)
    if worst.is_empty():
        return ""
    items = [_reason(view, row) for row in worst.head(_REASONS).iter_rows(named=True)]
    rest = worst.height - len(items)
    more = f"<p class='cp-note'>And {plural(rest, 'more check')}, below.</p>" if rest else ""
    return f'<ol class="cp-first">{"".join(items)}</ol>{more}'


def _reason(view: View, row: Row) -> str:
    touched = f"<span class='cp-note'>Touches: {_touched(view, row['affects'])}.</span>"
    return f"<li>{escape(_sentence(view, row))} {touched}</li>"


def _sentence(view: View, row: Row) -> str:
    about = _about(view, row)
    found = _number(view, row, "found")
    if row["checked"] is not None or row["is_few_checked"]:
        found += f" of {_number(view, row, 'checked')} {row['unit']}"
    return f"{row['title']}{f' ({about})' if about else ''}: {found}, {row['threshold']} allowed."


def _about(view: View, row: Row) -> str:
    """What a result is about: its source where there are several, and its group."""
    source = str(row["source"] or "") if view.has_sources else ""
    return ", ".join(part for part in (source, str(row["group_value"] or "").replace("_", " ")) if part)


def _number(view: View, row: Row, name: str) -> str:
    """`found` or `checked` as it may be written; empty where nothing was counted."""
    if row[f"is_few_{name}"]:
        return view.few
    return "" if row[name] is None else count(row[name])


def _share(view: View, row: Row) -> str:
    """The share found, from rounded counts; of few, only what it is at most."""
    if not row["checked"] or (row["found"] is None and not row["is_few_found"]):
        return ""
    if row["is_few_found"]:
        return f"up to {percent(min(1.0, (view.threshold - 1) / row['checked']))}"
    return percent(row["found"] / row["checked"])


def _touched(view: View, affects: list[str]) -> str:
    """Markup: links to where the figures stand."""
    return ", ".join(view.places[name] for name in affects)


def _places(checks: pl.DataFrame) -> dict[str, str]:
    """Markup of a link to each figure that checks touch."""
    return {name: _place(name).markup for name in {*checks["affects"].explode().drop_nulls()}}


def _place(name: str) -> Html:
    from dashboard.pages import listed

    if name not in quality.FIGURES:
        key = next((key for key, measure in measures().items() if measure.measure_id == name), "")
        return link(name, "care_gaps", measure=key) if key else Html(escape(name))
    title, page = quality.FIGURES[name]
    there = {known for known, _ in listed()}
    return link(title, "" if page == "overview" else page) if page in there else Html(escape(title))


def _checks(view: View, shown: pl.DataFrame, chosen: str, *, is_narrowed: bool) -> None:
    if shown.is_empty():
        what = "Nothing failed." if chosen == "failing" else "No check is like that."
        why = "No check of this choice found more than its threshold." if is_narrowed else "Every check passed."
        empty(what, why, "Choose All checks to see what was looked at.")
        return
    for kind, question in _KINDS.items():
        rows = shown.filter(kind=kind)
        if rows.is_empty():
            continue
        worst = rows.unique("check_name", keep="first", maintain_order=True)
        others = _other_failures(view, rows)
        section(f"{kind.capitalize()}: {question}", f"{plural(worst.height, 'check')}, worst first.")
        columns = [Column("Check"), Column("Verdict"), Column("Found", True), Column("Looked at", True)]
        columns += [Column("Share", True), Column("Allowed"), Column("What to do"), Column("Touches")]
        table(
            columns,
            [_check_row(view, row, others.get(row["check_name"], [])) for row in worst.iter_rows(named=True)],
            caption=f"{kind.capitalize()} checks; counts are rounded to the middle of six, small ones are {view.few}",
            height_px=560,
        )


def _other_failures(view: View, rows: pl.DataFrame) -> dict[str, list[str]]:
    """What else each check failed for, beside its worst result."""
    failed = rows.filter(pl.col("status").is_in(quality.FAILING) & ~pl.col("check_name").is_first_distinct())
    found: dict[str, list[str]] = {}
    for row in failed.iter_rows(named=True):
        found.setdefault(row["check_name"], []).append(_about(view, row))
    return found


def _check_row(view: View, row: Row, others: list[str]) -> list[Cell]:
    more = f"; also {', '.join(others)}" if others and all(others) else ""
    about = _about(view, row) + more
    below = f"<br><span class='cp-note'>{escape(about)}</span>" if about else ""
    limit = (
        f"<br><span class='cp-note cp-nowrap'>not fit above {escape(row['not_fit'])}</span>" if row["not_fit"] else ""
    )
    has_failed = row["status"] in quality.FAILING
    return [
        Html(f'<span title="{escape(row["why"] or row["question"])}">{escape(row["title"])}</span>{below}'),
        Html(_status(row["status"])),
        _number(view, row, "found"),
        _number(view, row, "checked"),
        _share(view, row),
        Html(f'<span class="cp-nowrap">{escape(row["threshold"])}</span>{limit}'),
        Html(f'<span class="cp-long">{escape(row["remedy"])}</span>' if has_failed else ""),
        Html(f'<span class="cp-long">{_touched(view, row["affects"])}</span>' if has_failed else ""),
    ]


def _status(status: str) -> str:
    icon = f'<span aria-hidden="true">{quality.ICONS[status]}</span>'
    return f'<span class="cp-status cp-status-{status}">{icon} {quality.WORDS[status]}</span>'


def _reconciliation() -> None:
    section(
        "Every row accounted for", "Read = loaded + duplicate + rejected + ignored, by type. Files are never named."
    )
    frame = data.load("about/sources").frame
    if frame.is_empty():
        empty("Nothing was read.", "The build saw no file of a known format.", "Build again with --source.")
        return
    rows = [_source_row(row) for row in frame.iter_rows(named=True)]
    columns = [Column("Type"), Column("Source"), *(Column(name.capitalize(), True) for name in _COUNTS)]
    table([*columns, Column("Adds up")], rows, caption=f"Rows by type: {plural(len(rows), 'type')}", height_px=420)


def _source_row(row: dict[str, object]) -> list[Cell]:
    values = [None if row[name] is None else int(str(row[name])) for name in _COUNTS]
    numbers: list[Cell] = ["Suppressed" if value is None else count(value) for value in values]
    known = [value for value in values if value is not None]
    adds = "Suppressed" if len(known) < len(values) else "✓ yes" if known[0] == sum(known[1:]) else "✕ no"
    return [str(row["type"]).replace("_", " "), f"{row['source']} · {row['format']}", *numbers, adds]


def _coverage() -> None:
    released = data.load("data_quality/coverage").derive(_with_gaps)
    is_monthly = released.frame["period"].str.len_chars().eq(7).any()
    section(
        "Rows by month" if is_monthly else "Rows by year",
        "A gap looks like good health. ▼ is under half of the middle month."
        if is_monthly
        else "The policy keeps years only; months that are low are counted by the checks above.",
    )
    if released.frame.is_empty():
        empty("No row has a date.", "The sources hold no dated claim, fill, encounter, result or member.", "See About.")
        return
    if is_monthly:
        charting.draw(months(released, mode=theme.mode()), key="chart:months")
    series = released.frame.partition_by("series", maintain_order=True)
    rows = [_series_row(of, data.facts().threshold) for of in series]
    columns = [Column("Rows"), Column("From"), Column("To"), Column("Least", True), Column("Middle", True)]
    with st.expander("Table: rows by month" if is_monthly else "Table: rows by year", expanded=not is_monthly):
        table([*columns, Column("Under half of the middle")], rows, caption="Rows by source and kind")


def _with_gaps(frame: pl.DataFrame) -> pl.DataFrame:
    """Every period from the first to the last of a series, with its share of the middle one; few count as half."""
    threshold = data.facts().threshold
    several = frame["source"].n_unique() > 1
    named = frame.with_columns(
        series=pl.col("table_name").replace(_TABLES) + (" · " + pl.col("source") if several else pl.lit("")),
        number=pl.when("is_few").then(threshold // 2).otherwise("row_count"),
    )
    parts = [_filled(of, f"1–{threshold - 1}") for of in named.partition_by("series", maintain_order=True)]
    return pl.concat(parts) if parts else named.with_columns(share=pl.lit(0.0), said=pl.lit(""), is_low=pl.lit(False))


def _filled(series: pl.DataFrame, few: str) -> pl.DataFrame:
    periods = _between(series["period"].min(), series["period"].max())  # type: ignore[arg-type]
    whole = pl.DataFrame({"period": periods}).join(series, on="period", how="left", maintain_order="left")
    filled = whole.with_columns(
        pl.col("number").fill_null(0),
        pl.col("is_few").fill_null(value=False),
        pl.lit(series["series"][0]).alias("series"),
    )
    middle = filled["number"].median() or 1
    said = [few if is_few else count(number) for is_few, number in filled.select("is_few", "number").iter_rows()]
    return filled.with_columns(
        share=pl.col("number") / middle, said=pl.Series(said, dtype=pl.String), is_low=2 * pl.col("number") < middle
    )


def _between(first: str, last: str) -> list[str]:
    """Every month '2025-03' or year '2025' from the first to the last."""
    if len(first) == 4:
        return [str(year) for year in range(int(first), int(last) + 1)]
    start, end = (12 * int(text[:4]) + int(text[5:]) - 1 for text in (first, last))
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(start, end + 1)]


def _series_row(series: pl.DataFrame, threshold: int) -> list[Cell]:
    low = series.filter("is_low")["period"].to_list()
    least, middle = (float(str(series["number"].min())), float(str(series["number"].median())))
    numbers = [f"1–{threshold - 1}" if 0 < value < threshold else count(value) for value in (least, middle)]
    said = ", ".join(low[:6]) + (f" and {len(low) - 6} more" if len(low) > 6 else "")
    return [series["series"][0], series["period"][0], series["period"][-1], *numbers, said or "none"]


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """The judged checks as a plain table for the download."""
    return frame.with_columns(pl.col("affects").list.join("; ")).drop("check_digest")


PAGE = Page("Data quality", "Can I use this today?", 8, render)
