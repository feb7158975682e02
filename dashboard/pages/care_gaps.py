"""Care gaps: which gaps first, for whom, and can I trust the measure?"""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from dashboard.charts import dots
from dashboard.charts.formats import SUPPRESSED, count, interval, percent, plural
from dashboard.components import charting, data, drawer, filters, quality, theme, url_state
from dashboard.components.frame import Page, foot, head
from dashboard.components.groups import DIMENSIONS, dimension_name, group_name, ordered
from dashboard.components.markup import Cell, Column, code, definitions, note, section, show, table
from dashboard.components.quantities import Measure, measures, not_computable, plan_rate
from dashboard.components.states import empty
from dashboard.privacy import Released
from dashboard.stats.rates import compared, with_wilson

_CONTROLS = ("measure", "year", "by")
_MORE_COLUMNS = (Column("Anyone with a visit", is_number=True),)
_MOST_HIDDEN_ROWS = 5
_HEADINGS = {"groups": "Group", "organizations": "Organisation"}
_INTERVALS = "95% Wilson intervals"
_WAYS = {
    "payer": "the payer's list",
    "primary-care visits": "most primary-care visits in 24 months",
    "visits of any specialty": "most visits of any specialty in 24 months",
}


def render() -> None:
    """Draw the page."""
    head(PAGE.question, "Care gaps")
    found = measures()
    if not found:
        with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
            filters.population()
        if missing := not_computable():
            empty(
                "No measure can be computed from this source.",
                f"Not computable: {'; '.join(missing)}.",
                "Give sources that hold what is missing. About says what was read.",
            )
            return
        empty(
            "No measure has a result.",
            "Nobody is in a measure's population. Measures need visits, diagnoses, procedures or results, and the "
            "value sets that name their codes; the lists that come with the program are only starters.",
            "Build again with your value sets (--valuesets FILE). About says what was read.",
        )
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        filters.population()
        keys = list(found)
        chosen = url_state.select("measure", "Measure", keys, default=keys[0], shown=lambda key: found[key].title)
        year = filters.year()
        dimensions = _dimensions(found[chosen])
        by = (
            url_state.select("by", "Groups by", dimensions, default=dimensions[0], shown=_by_label)
            if dimensions
            else ""
        )
        filters.bar_end(_CONTROLS)
    if year is None:
        return
    measure = found[chosen]
    filters.in_words(f"{measure.title}, people with a qualifying visit in {year}")
    drawers = _performance(measure, year)
    left, right = st.columns(2, gap="medium")
    with left:
        drawers |= _groups(measure, year, by) if by else {}
    with right:
        drawers |= _organizations(measure, year)
    if missing := not_computable():
        note(f"Not computable from this source: {'; '.join(missing)}.")
    _definition(measure)
    foot("care_gaps", {"measure": chosen, "year": year, "by": by})
    drawer.show_chosen(drawers)


def _by_label(dimension: str) -> str:
    return dimension_name(dimension).capitalize()


def _dimensions(measure: Measure) -> list[str]:
    frame = data.load("care_gaps/groups", measure_id=measure.measure_id, group_id=measure.group_id).frame
    present = set(frame["dimension"].unique())
    return [dimension for dimension in DIMENSIONS if dimension in present]


def _one_group(group_id: str, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("group_id") == group_id)


def _performance(measure: Measure, year: int) -> dict[str, drawer.Drawer]:
    own = partial(_one_group, measure.group_id)
    released = data.load("care_gaps/measures", measure_id=measure.measure_id, year=year).derive(own).derive(with_wilson)
    rows = released.frame.rows(named=True)
    if not rows:
        empty("No result in this year.", f"Nobody in {year} is in this measure's population.", "Try another period.")
        return {}
    row = rows[0]
    earlier = data.load("care_gaps/measures", measure_id=measure.measure_id, year=year - 1).derive(own).frame
    show(_headline(measure, row, earlier["rate"][0] if earlier.height else None, year))
    quality.show_mark(quality.measure_mark(measure.measure_id))
    definitions(_facts(row, year))
    drawer.button("measure", measure.title)
    sentence = f"{measure.title}: numerator over denominator. {measure.better.capitalize()} is better."
    return {"measure": drawer.Drawer(f"{measure.title}, {year}", sentence, released)}


def _headline(measure: Measure, row: dict[str, float], before: float | None, year: int) -> str:
    quantity = measure.quantity
    if row["rate"] is None:
        word = quantity.text(None, is_suppressed=bool(row["is_suppressed"]))
        return f'<p class="cp-value cp-word">{word}</p>'
    number, _, around = interval(row["rate"], row["lower"], row["upper"]).partition(" ")
    change = f" · {quantity.change(row['rate'], before)} since {year - 1}" if before is not None else ""
    return f'<p class="cp-value">{number} <small>{around} · {measure.better} is better{change}</small></p>'


def _facts(row: dict[str, float], year: int) -> list[tuple[str, Cell]]:
    if row["rate"] is None:
        return []
    return [
        ("Open gaps", f"{count(row['open_gaps'])} of {count(row['denominator'])} people"),
        ("Left out", _left_out(row)),
        ("Reach", _reach_text(row, year)),
    ]


def _reach_text(row: dict[str, float], year: int) -> str:
    seen = _reach(year, "all").get("all")
    share = f"; {percent(seen)} of everyone in the plan had any visit in {year}" if seen is not None else ""
    hidden = row["initial_population"] is None
    people = "A hidden number of" if hidden else count(row["initial_population"])
    return f"{people} people of this measure had a qualifying visit{share}"


def _reach(year: int, dimension: str) -> dict[str, float | None]:
    """Share of each group's people who had any visit; None where hidden."""
    frame = data.load("care_gaps/reach", year=year, dimension=dimension).frame
    return dict(frame.select("group_value", "reach").iter_rows())


def _left_out(row: dict[str, float]) -> str:
    if row["initial_population"] is None:
        return SUPPRESSED
    parts = [
        f"{count(row[column])} {word}"
        for column, word in (("exclusion", "by exclusion"), ("exception", "by exception"))
        if row[column]
    ]
    share = 1 - row["denominator"] / row["initial_population"] if row["initial_population"] else 0
    return f"{' and '.join(parts)} ({percent(share)} of the initial population)" if parts else "nobody"


def _groups(measure: Measure, year: int, by: str) -> dict[str, drawer.Drawer]:
    name = dimension_name(by)
    plan = plan_rate(measure, year)
    sort = partial(ordered, dimension=by, best_first=measure.better == "higher")
    released = (
        data.load("care_gaps/groups", measure_id=measure.measure_id, group_id=measure.group_id, year=year, dimension=by)
        .derive(with_wilson, note=_INTERVALS)
        .derive(partial(compared, plan=plan))
        .derive(sort)
        .derive(_named_groups)
    )
    released = released.derive(partial(_with_reach, _reach(year, by)))
    section(_finding(released, measure, name), f"{measure.title}, {year}; dashed line: plan. Unknown stays visible.")
    return _rows(released, measure, plan, title=f"{measure.title} by {name}, {year}", key="groups")


def _finding(released: Released, measure: Measure, name: str) -> str:
    """A title that says the finding: the group furthest on the wrong side of the plan, beyond chance."""
    is_high_bad = measure.better == "lower"
    wrong = released.frame.filter(
        (pl.col("versus_plan") == ("above" if is_high_bad else "below")) & (pl.col("group_value") != "Unknown")
    )
    hidden = released.frame["rate"].null_count()
    if hidden == released.frame.height:
        return f"By {name}: every group is suppressed"
    if wrong.is_empty():
        return f"By {name}: none {'shown ' if hidden else ''}is clearly worse than the plan"
    worst = wrong.sort("rate", "name", descending=[is_high_bad, False]).row(0, named=True)
    return f"By {name}: {'highest' if is_high_bad else 'lowest'} for {worst['name']}, {percent(worst['rate'])}"


def _with_reach(reach: dict[str, float | None], frame: pl.DataFrame) -> pl.DataFrame:
    shares = [reach.get(value) for value in frame["group_value"].to_list()]
    return frame.with_columns(pl.Series("reach", shares, dtype=pl.Float64))


def _named_groups(frame: pl.DataFrame) -> pl.DataFrame:
    names = [group_name(value, of) for value, of in frame.select("group_value", "dimension").iter_rows()]
    return frame.with_columns(pl.Series("name", names, dtype=pl.String))


def _organizations(measure: Measure, year: int) -> dict[str, drawer.Drawer]:
    plan = plan_rate(measure, year)
    released = (
        data.load("care_gaps/organizations", measure_id=measure.measure_id, group_id=measure.group_id, year=year)
        .derive(with_wilson, note=_INTERVALS)
        .derive(partial(compared, plan=plan))
        .derive(partial(_best_first, measure.better == "higher"))
    )
    released = released.derive(partial(_with_reach, _reach(year, "organization")))
    section(_finding(released, measure, "organisation"), f"People attributed in {year}, best first; dashed line: plan.")
    title = f"{measure.title} by organisation, {year}"
    drawers = _rows(released, measure, plan, title=title, key="organizations")
    note(_attributed())
    return drawers


def _attributed() -> str:
    """How people come to an organisation here, in the order in which the ways are tried."""
    ways = data.load("care_gaps/attribution").frame["basis"].to_list()
    if not ways:
        return "Nobody can be attributed: the sources hold no list and no visits."
    said = "People are attributed by " + ", else by ".join(_WAYS.get(way, way) for way in ways)
    lacks = " These sources don't say who gives primary care." if ways[-1] == "visits of any specialty" else ""
    return f"{said}; the others have no organisation.{lacks}"


def _best_first(descending: bool, frame: pl.DataFrame) -> pl.DataFrame:
    last = (pl.col("group_value") == "Unknown", pl.col("rate").is_null())
    ranked = frame.sort(*last, "rate", "organization_name", descending=[False, False, descending, False])
    return ranked.rename({"organization_name": "name"})


def _rows(
    released: Released, measure: Measure, plan: float | None, *, title: str, key: str
) -> dict[str, drawer.Drawer]:
    heading = _HEADINGS[key]
    if released.frame.is_empty():
        empty("Nothing to compare.", f"No {heading.lower()} is known for these people in this year.", "Try another.")
        return {}
    drawn, left_out = _readable(released)
    if drawn.frame.height:
        chart = dots(drawn, label="name", quantity=measure.quantity, plan=plan, mode=theme.mode())
        charting.draw(chart, key=f"chart:{key}")
    if left_out:
        note(f"{plural(left_out, 'row')} suppressed; the table lists them.")
    with st.expander(f"Table: {title}"):
        table(
            [
                Column(heading),
                Column("Rate (interval)", True),
                Column("Against plan"),
                Column("People", True),
                *_MORE_COLUMNS,
            ],
            [_table_row(row) for row in released.frame.rows(named=True)],
            caption=title,
        )
    quality.show_mark(quality.mark({"groups": "groups", "organizations": "attribution"}[key]))
    drawer.button(key, title)
    return {key: drawer.Drawer(title, "Rates are crude: groups may differ in age.", released)}


def _readable(released: Released) -> tuple[Released, int]:
    """What the chart draws: every row, unless so many are suppressed that they would push the others away."""
    hidden = released.frame["rate"].null_count()
    if hidden <= _MOST_HIDDEN_ROWS:
        return released, 0
    return released.derive(lambda frame: frame.drop_nulls("rate")), hidden


def _table_row(row: dict[str, float]) -> list[Cell]:
    name = str(row["name"])
    reach = "Suppressed" if row["reach"] is None else percent(row["reach"])
    if row["rate"] is None:
        return [name, "Suppressed", "", "Suppressed", reach]
    rate = interval(row["rate"], row["lower"], row["upper"])
    return [name, rate, str(row["versus_plan"] or ""), count(row["denominator"]), reach]


def _definition(measure: Measure) -> None:
    rows = data.load("about/measures").frame.filter(pl.col("measure_id") == measure.measure_id).rows(named=True)
    section("Definition", "What exactly is counted; the SQL is the definition.")
    for row in rows:
        definitions(
            [
                ("Question", row["question"]),
                ("Why it matters", row["why"]),
                ("Specification", row["spec"]),
                ("Value sets", _value_sets(measure)),
                ("File", row["path"]),
            ]
        )
        with st.expander(f"SQL of {measure.measure_id}"):
            code(row["sql"])


def _value_sets(measure: Measure) -> str:
    """How many of the measure's code lists were imported, and which are starter lists or missing."""
    listed = data.load("care_gaps/valuesets", measure_id=measure.measure_id).frame
    by_status = dict(listed.filter(pl.col("status") != "code").group_by("status").agg("name").iter_rows())
    total = sum(len(names) for names in by_status.values())
    parts = [f"{len(by_status.get('imported', []))} of {total} imported"]
    if starter := by_status.get("starter"):
        parts.append(f"{len(starter)} only starter lists, written by hand from open code systems")
    if missing := by_status.get("missing"):
        parts.append(f"{len(missing)} without any code: {', '.join(sorted(missing))}")
    return "; ".join(parts)


PAGE = Page("Care gaps", "Which gaps first, for whom, and can I trust the measure?", 3, render)
