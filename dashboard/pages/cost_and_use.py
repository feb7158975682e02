"""Cost and use: what does care cost, what moves it, and who uses it?"""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from dashboard.charts import Quantity, bars, sparkline, trend, waterfall
from dashboard.charts.formats import MINUS, count, percent, plural
from dashboard.charts.trend import Step
from dashboard.components import charting, data, drawer, filters, quality, theme, url_state
from dashboard.components.cost_groups import BASES, Row, View, groups, label_of, readmissions
from dashboard.components.frame import Page, foot, head
from dashboard.components.groups import DIMENSIONS
from dashboard.components.markup import Cell, Column, Html, section, table
from dashboard.components.quantities import NEEDS, USE
from dashboard.components.states import empty
from dashboard.components.tiles import Tile, tiles
from dashboard.privacy import Released

_CONTROLS = ("year", "basis", "by")
_PHARMACY = "pharmacy"
_MONTHS = 12
_DRIVERS = 9  # changes drawn one by one
_SHARE = Quantity("Share of all cost", "percent")
_COMPLETED = Quantity("Share of what is finally paid that is paid by then", "percent")


def render() -> None:
    """Draw the page."""
    facts = head(PAGE.question, "Cost and use")
    view = _controls(facts.area_level)
    if view is None:
        return
    filters.in_words(f"{BASES[view.basis].lower()} amounts of care incurred in {view.year}, everyone in the plan")
    drawers = _tiles(view)
    drawers |= _cost(view)
    drawers |= groups(view) | readmissions(view) if view.by else {}
    drawers |= _completion()
    foot("cost_and_use", {"year": view.year, "basis": view.basis, "by": view.by})
    drawer.show_chosen(drawers)


def _cost(view: View) -> drawer.Drawers:
    """What cost is made of: the whole where the sources hold all of it, else only the kinds of service they hold."""
    drawers: drawer.Drawers = {}
    if why := data.why_missing(NEEDS[view.pmpm_column]):
        empty("What care costs in all is not computable from this source.", f"The reason: {why}.", _TRY)
    else:
        drawers |= _trend(view)
        left, right = st.columns(2, gap="medium")
        with left:
            drawers |= _drivers(view)
        with right:
            drawers |= _distribution(view)
    if not data.why_missing(NEEDS[f"{view.prefix}service_category"]):
        drawers |= _categories(view)
    return drawers


_TRY = "Below: the kinds of service that these sources do hold, and use by group. About says what was read."


def _controls(area_level: str) -> View | None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        filters.population()
        year = filters.year()
        if year is None:
            return None
        basis = url_state.segments("basis", "Amounts", list(BASES), default="allowed", shown=BASES.__getitem__)
        dimensions = [*DIMENSIONS, "organization", area_level]
        present = set(data.load("cost_and_use/by_group", year=year).frame["dimension"].unique())
        options = [dimension for dimension in dimensions if dimension in present]
        by = url_state.select("by", "Groups by", options, default=options[0], shown=label_of) if options else ""
        filters.bar_end(_CONTROLS)
    return View(year, basis, by)


def _tiles(view: View) -> drawer.Drawers:
    prefix = view.prefix
    shown = [
        Tile(view.pmpm_column, view.pmpm, view.pmpm_column, _PMPM_SAYS, partial(_capped, view.pmpm_column)),
        Tile(
            f"{prefix}medical_pmpm_usd", _renamed(view, "Medical"), view.pmpm_column, "Over months with medical cover."
        ),
        Tile(
            f"{prefix}pharmacy_pmpm_usd",
            _renamed(view, "Pharmacy"),
            view.pmpm_column,
            "Over months with pharmacy cover.",
        ),
        *(Tile(name, USE[name], name, said) for name, said in _USE_SAYS.items()),
    ]
    return tiles("cost_and_use/tiles", shown, view.year, remark=partial(_immature, view.year))


_PMPM_SAYS = (
    "Amounts of care incurred in the year: medical over member months with medical cover, plus pharmacy over those "
    "with pharmacy cover. Denied lines cost nothing. Care outside member months is left out."
)
_USE_SAYS = {
    "ed_visits_per_1000": "Emergency visits that did not end in a stay, × 12,000 / member months.",
    "inpatient_stays_per_1000": "Acute inpatient stays, transfers joined, × 12,000 / member months.",
}


def _renamed(view: View, kind: str) -> Quantity:
    return Quantity(f"{kind}, {BASES[view.basis].lower()}", "pmpm", "lower")


def _capped(column: str, row: Row) -> str:
    """The same figure with each person's year cut off at the cap, to tell many dear people from a few very dear."""
    capped, above = row[column.replace("pmpm_usd", "capped_pmpm_usd")], row[_above(column)]
    cap = f"${count(row['high_cost_cap_usd'])}"
    if capped is None:
        return f"With each person capped at {cap} a year: suppressed"
    people = "" if above is None else f" ({plural(int(above), 'person').replace('persons', 'people')} above it)"
    return f"${capped:,.0f} with each person capped at {cap} a year{people}"


def _above(column: str) -> str:
    return "people_above_paid_cap" if column.startswith("paid_") else "people_above_cap"


def _immature(year: int, row: Row) -> str:
    """What still arrives: claims of months with too short a run-out."""
    months = row.get("immature_months")
    if months is None:
        return "Claims say nothing of when they were paid, so how complete the year is can't be told."
    if not months:
        return ""
    left = plural(int(months), "month")
    return f"{left} of {year} had under three months for claims to arrive: cost and use will still rise."


def _trend(view: View) -> drawer.Drawers:
    columns = {f"{view.prefix}medical_pmpm_usd": "Medical", f"{view.prefix}pharmacy_pmpm_usd": "Pharmacy"}
    monthly = data.load("cost_and_use/trend_month").derive(lambda f: f.filter(pl.col("year") <= view.year))
    by_month = not monthly.frame.is_empty()
    if by_month:
        released = monthly.derive(lambda f: f.rename({"month_start": "period_start"}))
        subtitle = "By month of service. Hollow: under three months for claims to arrive, left out of the line."
    else:
        released = (
            data.load("cost_and_use/tiles").derive(_yearly).derive(lambda f: f.filter(pl.col("year") <= view.year))
        )
        subtitle = "By year of service: this policy publishes no months, or no month can be shown."
    section(_trend_title(released, view), subtitle)
    step: Step = "month" if by_month else "year"
    chart = trend(released, series=columns, quantity=view.pmpm, step=step, mode=theme.mode())
    charting.draw(chart, key="chart:trend")
    heading = [Column("Month" if by_month else "Year"), *(Column(name, True) for name in columns.values())]
    with st.expander(f"Table: {view.pmpm.name} by {step}"):
        rows = [_trend_row(row, columns, view, step) for row in released.frame.iter_rows(named=True)]
        table([*heading, Column("Claims")], rows, caption=f"{view.pmpm.name} by {step}", height_px=420)
    drawer.button("trend", "this trend")
    title = f"{view.pmpm.name} by {step}"
    return {"trend": drawer.Drawer(title, "Cost belongs to the month in which the service began.", released)}


def _yearly(frame: pl.DataFrame) -> pl.DataFrame:
    start = pl.date(pl.col("year"), 1, 1).alias("period_start")
    return frame.with_columns(start, is_mature=pl.col("immature_months").fill_null(0) == 0)


def _trend_title(released: Released, view: View) -> str:
    """The finding: the change of the mature months or years of the chosen year against the same ones a year before."""
    is_shown = pl.col("is_mature").fill_null(value=True)
    own = released.frame.filter(is_shown & (pl.col("year") == view.year))
    before = released.frame.filter(
        (pl.col("year") == view.year - 1)
        & pl.col("period_start").dt.month().is_in(own["period_start"].dt.month().implode())
    )
    now, then = (_mean(frame, view.pmpm_column) for frame in (own, before))
    if now is None or not then or before.height != own.height:
        return f"{view.pmpm.name} over time"
    change = view.pmpm.change(now, then)
    months = f", {plural(own.height, 'complete month')} of each" if 1 < own.height < _MONTHS else ""
    return f"{view.pmpm.name}: {change} against {view.year - 1}{months}"


def _mean(frame: pl.DataFrame, column: str) -> float | None:
    """The mean of months, each by its member months; None where a month is hidden or there is none."""
    rows = frame.select(pl.col(column).cast(pl.Float64), pl.col("member_months").cast(pl.Float64)).drop_nulls()
    months = float(rows["member_months"].sum())
    return (
        float((rows[column] * rows["member_months"]).sum()) / months if months and rows.height == frame.height else None
    )


def _trend_row(row: Row, columns: dict[str, str], view: View, step: str) -> list[Cell]:
    when = row["period_start"].strftime("%B %Y" if step == "month" else "%Y")
    cells: list[Cell] = [view.pmpm.text(row[c], is_suppressed=bool(row["is_suppressed"])) for c in columns]
    state = {True: "complete", False: "still arriving", None: "unknown"}[row["is_mature"]]
    return [when, *cells, state]


def _drivers(view: View) -> drawer.Drawers:
    base, change = f"{view.prefix}base_pmpm_usd", f"{view.prefix}change_usd"
    released = data.load("cost_and_use/drivers", year=view.year, base_year=view.year - 1)
    ends = released.frame.filter(pl.col("step").is_in(["base", "total"]))
    if ends.height < 2 or released.frame["step"].is_in(["category", "hidden"]).sum() == 0:
        section("What moved the cost")
        why = "It takes two years whose claims are complete and whose categories may be shown."
        empty(f"{view.year} and {view.year - 1} can't be compared.", why, "Try an earlier period.")
        return {}
    named = released.derive(partial(_steps, base, f"{view.prefix}pmpm_usd", change, view.year))
    section(_driver_title(named.frame, view), f"{view.pmpm.name}, by service category; orange adds, blue takes away.")
    charting.draw(waterfall(named, quantity=view.pmpm, mode=theme.mode()), key="chart:drivers")
    title = f"What moved {view.pmpm.name.lower()}, {view.year - 1} to {view.year}"
    with st.expander(f"Table: {title}"):
        columns = [Column("Step"), Column("PMPM", True), Column("Change", True)]
        table(columns, [_driver_row(row, view) for row in named.frame.iter_rows(named=True)], caption=title)
    drawer.button("drivers", title)
    said = "Each category's cost per member month in one year less that of the year before; the parts add up."
    return {"drivers": drawer.Drawer(title, said, named)}


def _steps(base: str, total: str, change: str, year: int, frame: pl.DataFrame) -> pl.DataFrame:
    """label, total, change and the change in words: the largest changes one by one, the others together, hidden last.

    A category that is hidden has no row of its own; what all of these changed together may be known.
    """
    whole = pl.when(pl.col("step") == "base").then(base).when(pl.col("step") == "total").then(total).cast(pl.Float64)
    every = frame.select("step", "service_category", total=whole, change=pl.col(change).cast(pl.Float64))
    parts = every.filter((pl.col("step") == "category") & pl.col("change").is_not_null())
    ranked = parts.sort(pl.col("change").abs(), "service_category", descending=[True, False])
    rest = ranked.slice(_DRIVERS).select(step=pl.lit("rest"), change=pl.col("change").sum()).unique()
    own = [every.filter(pl.col("step") == step) for step in ("base", "hidden", "total")]
    steps = pl.concat([own[0], ranked.head(_DRIVERS), rest, *own[1:]], how="diagonal")
    names = {
        "base": str(year - 1),
        "total": str(year),
        "hidden": "Categories suppressed",
        "rest": "All other categories",
    }
    labels = [names.get(step) or category_name(name) for step, name in steps.select("step", "service_category").rows()]
    is_end = pl.col("step").is_in(["base", "total"])
    texts = [None if value is None else _dollars(value) for value in steps["change"].to_list()]
    return steps.with_columns(
        pl.Series("label", labels, dtype=pl.String),
        pl.Series("text", texts, dtype=pl.String),
        change=pl.when(~is_end).then("change"),
    )


_CATEGORIES = {
    "inpatient": "Inpatient hospital",
    "skilled_nursing": "Skilled nursing facility",
    "home_hospice": "Home health and hospice",
    "emergency": "Emergency department",
    "drugs_medical": "Drugs given by clinicians",
    "equipment_transport": "Equipment and transport",
    "behavioural": "Behavioural health",
    "office_visit": "Office visits",
    "outpatient_hospital": "Outpatient hospital, other",
    "other": "Other services",
}


def category_name(value: str | None) -> str:
    """How a service category of queries/core/service_category.sql is called on screen.

    >>> category_name("home_hospice"), category_name("laboratory")
    ('Home health and hospice', 'Laboratory')
    """
    return _CATEGORIES.get(value or "", (value or "Unknown").replace("_", " ").capitalize())


def _dollars(value: float) -> str:
    """A change in dollars with its sign.

    >>> _dollars(-3.25)
    '−$3.25'
    """
    rounded = round(value, 2)
    return f"{MINUS if rounded < 0 else '+' if rounded > 0 else ''}${abs(rounded):,.2f}"


def _driver_title(frame: pl.DataFrame, view: View) -> str:
    parts = frame.filter(pl.col("step") == "category")
    if parts.is_empty():
        return "What moved the cost"
    up, down = parts.sort("change").row(-1, named=True), parts.sort("change").row(0, named=True)
    top = up if abs(up["change"]) >= abs(down["change"]) else down
    way = "more" if top["change"] > 0 else "less"
    return f"Since {view.year - 1}: {top['label'].lower()} moved most, ${abs(top['change']):,.2f} PMPM {way}"


def _driver_row(row: Row, view: View) -> list[Cell]:
    is_total = row["total"] is not None
    word = view.pmpm.text(None, is_suppressed=True)
    change: Cell = "" if is_total else str(row["text"] or word)
    return [str(row["label"]), view.pmpm.text(row["total"]) if is_total else "", change]


def _distribution(view: View) -> drawer.Drawers:
    share = f"{view.basis}_share"
    released = data.load("cost_and_use/distribution", year=view.year).derive(lambda f: f.sort("rank_order"))
    frame = released.frame
    section(
        _distribution_title(frame, share, view), f"People with member months in {view.year}, ranked by allowed cost."
    )
    if frame.is_empty():
        empty("Nobody to rank.", f"Nobody has a member month in {view.year}.", "Try another period.")
        return {}
    if frame[share].null_count() == frame.height:
        few = "Each group holds few people, or one or two of them make up most of its cost."
        empty("How cost is spread is suppressed.", few, "Try another period.")
        return {}
    titled = released.derive(
        lambda f: f.with_columns(pl.col("cost_rank").str.to_titlecase().str.replace(" %", "%").alias("label"))
    )
    drawn = bars(titled, label="label", value=share, quantity=_SHARE, plan=None, mode=theme.mode())
    charting.draw(drawn, key="chart:distribution")
    quality.show_mark(quality.mark("cost_distribution"))
    title = f"Cost by rank of people, {view.year}"
    with st.expander(f"Table: {title}"):
        columns = [Column("People"), Column("How many", is_number=True), Column("Share of cost", is_number=True)]
        rows = [_rank_row(row, share) for row in titled.frame.iter_rows(named=True)]
        table(columns, rows, caption=title)
    drawer.button("distribution", title)
    said = "A group's sum is hidden where few people, or one or two of them, make up most of it."
    return {"distribution": drawer.Drawer(title, said, titled)}


def _distribution_title(frame: pl.DataFrame, share: str, view: View) -> str:
    top = frame.filter(pl.col("rank_order") == frame["rank_order"].min()).rows(named=True)
    if not top or top[0][share] is None:
        return "How cost is spread over people"
    return f"The costliest 1% of people account for {percent(top[0][share])} of {BASES[view.basis].lower()} amounts"


def _rank_row(row: Row, share: str) -> list[Cell]:
    is_hidden = bool(row["is_suppressed"])
    people = "Suppressed" if row["people"] is None else count(row["people"])
    cells = [_SHARE.text(row[share], is_suppressed=is_hidden)]
    return [str(row["label"]), people, *cells]


def _categories(view: View) -> drawer.Drawers:
    column = f"{view.prefix}pmpm_usd"
    every = data.load("cost_and_use/trend_category").derive(lambda f: f.filter(pl.col("year") <= view.year))
    own = every.derive(lambda f: f.filter(pl.col("year") == view.year).sort(column, descending=True, nulls_last=True))
    section(
        "Every kind of service", f"{view.pmpm.name}, {view.year}; trend by year. Each line is in one category only."
    )
    if own.frame.is_empty():
        empty("No service has a cost.", f"No claim of {view.year} states an amount.", "Try another period.")
        return {}
    before = every.frame.filter(pl.col("year") == view.year - 1)
    earlier = dict(before.select("service_category", column).iter_rows())
    columns = [Column("Service category"), Column("PMPM", True), Column("Share", True), Column("Change", True)]
    columns += [Column("Trend"), Column("People", True), Column("Users per 1,000 people", True)]
    total = float(own.frame[column].sum())
    rows = [_category_row(row, column, total, earlier, every, view) for row in own.frame.iter_rows(named=True)]
    title = f"Cost by service category, {view.year}"
    quality.show_mark(quality.mark("service_category"))
    table(columns, rows, caption=title)
    drawer.button("categories", title)
    said = "What decides a line's category stands in queries/core/service_category.sql. Shares are of what is shown."
    return {"categories": drawer.Drawer(title, said, own)}


def _category_row(
    row: Row, column: str, total: float, earlier: dict[str, float | None], every: Released, view: View
) -> list[Cell]:
    name, value = str(row["service_category"]), row[column]
    is_hidden = bool(row["is_suppressed"])
    word = view.pmpm.text(None, is_suppressed=is_hidden)
    people = "Suppressed" if row["people_with_cost"] is None else count(row["people_with_cost"])
    per = row["people_with_cost_per_1000"]
    users = "Suppressed" if per is None else count(per)
    if value is None:
        return [category_name(name), word, "", "", "", people, users]
    change = earlier.get(name)
    moved = view.pmpm.change(value, change) if change else ""
    trend_of = every.derive(lambda f: f.filter(pl.col("service_category") == name))
    spark = sparkline(trend_of, column, view.pmpm, mode=theme.mode())
    share = percent(value / total) if total else ""
    return [category_name(name), f"${value:,.2f}", share, moved, Html(spark), people, users]


def _completion() -> drawer.Drawers:
    """How complete claims are after so many months: what tells how much is still to come."""
    released = data.load("cost_and_use/completion").derive(
        lambda f: f.filter(pl.col("claim_kind") != _PHARMACY).sort("lag_months")
    )
    if released.frame.is_empty():
        return {}
    section("How fast claims arrive", "Medical claims, from months of service old enough to be complete.")
    with st.expander("Table: completeness by months since the service"):
        columns = [Column("Months since the service"), Column("Paid by then", is_number=True)]
        rows = [_completion_row(row) for row in released.frame.iter_rows(named=True)]
        table(columns, rows, caption="Completeness of medical claims by months since the service")
    drawer.button("completion", "completeness")
    sentence = "Of all that is finally paid for a month of service, the share that had been paid so many months later."
    return {"completion": drawer.Drawer("Completeness of medical claims", sentence, released)}


def _completion_row(row: Row) -> list[Cell]:
    share = _COMPLETED.text(row["completed_share"], is_suppressed=row["completed_share"] is None)
    return [plural(row["lag_months"], "month"), share]


PAGE = Page("Cost and use", "What does care cost, what moves it, and who uses it?", 4, render)
