"""Member months: a plain second implementation walks day by day; order and repetition of rows change nothing."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.sources import common_model
from dashboard.warehouse import catalog, connect, tables

ROOT = catalog.queries_root()
BODIES = {name: catalog.read_file(ROOT / "core" / f"{name}.sql", ROOT).body for name in ("eligibility", "member_month")}
FIRST, LAST = date(2024, 1, 1), date(2025, 12, 31)  # the reporting periods
RANK = {"medicare": 1, "medicare advantage": 1, "dual": 1, "commercial": 2, "marketplace": 3, "medicaid": 5, "chip": 5}
NO_COVER = {"uninsured", "self-pay"}


@dataclass(frozen=True)
class Span:
    """One row of enrolment as a source states it."""

    source_person_id: str
    payer: str
    payer_type: str | None
    start_date: date
    end_date: date | None
    enrolment_basis: str | None
    covers_medical: bool | None
    covers_pharmacy: bool | None


@dataclass(frozen=True)
class Life:
    """When a person lives."""

    birth_date: date | None
    death_date: date | None


days = st.integers(-400, 800).map(lambda number: FIRST + timedelta(number))
kinds = st.sampled_from([None, "odd words", "uninsured", "self-pay", "tricare", *RANK])
flags = st.sampled_from([None, True, False])
observed = st.builds(
    Span, st.sampled_from("AB"), st.sampled_from("xyz"), kinds, days, st.none() | days,
    st.sampled_from([None, "observed", "inferred"]), flags, flags,
)  # fmt: skip


@st.composite
def stated_months(draw: st.DrawFn) -> Span:
    """A number of months of a year, written as its first ones."""
    year, months = draw(st.sampled_from([2024, 2025])), draw(st.integers(1, 12))
    end = date(year + months // 12, months % 12 + 1, 1) - timedelta(1)
    return Span("A", draw(st.sampled_from("xyz")), "medicare", date(year, 1, 1), end, "months_only", *draw(
        st.tuples(st.booleans(), st.booleans())))  # fmt: skip


lives = st.builds(Life, st.none() | days, st.none() | days).filter(
    lambda life: not (life.birth_date and life.death_date and life.death_date < life.birth_date)
)
spans = st.lists(observed | stated_months(), max_size=6)
Found = list[tuple[int, int, int, str, str | None, str, bool, bool]]


def found_by_sql(given_spans: list[Span], life: Life, through: date, has_pharmacy: bool) -> Found:
    con = connect.memory(threads=1)
    tables.create_schemas(con)
    for name in ("eligibility", "pharmacy_claim"):
        columns = ", ".join(f'"{c.name}" {c.type}' for c in common_model.TABLES[name])
        con.execute(f"create table staging.{name} ({columns})")
    con.execute(
        "create table core.person_key as"
        " select 's' as data_source, unnest(['A', 'B']) as source_person_id, 1 as person_id"
    )
    con.execute(
        "create table core.person as select 1 as person_id, $1::date as birth_date, $2::date as death_date",
        astuple(life),
    )
    con.execute("create table core.data_through as select 's' as data_source, $1::date as data_through_date", [through])
    con.execute(
        "create table reference.period as select $1::date as period_start, $2::date as period_end", [FIRST, LAST]
    )
    if has_pharmacy:
        con.execute("insert into staging.pharmacy_claim (data_source) values ('s')")
    for span in given_spans:
        con.execute(
            "insert into staging.eligibility (data_source, source_person_id, payer, payer_type, start_date, end_date,"
            " enrolment_basis, covers_medical, covers_pharmacy) select 's', $1, $2, $3, $4, $5, $6, $7, $8",
            list(astuple(span)),
        )
    for name, body in BODIES.items():
        con.execute(f"create table core.{name} as {body}")
    rows = con.execute(
        "select person_id, year, month, payer, payer_type, enrolment_basis, has_medical, has_pharmacy"
        " from core.member_month order by all"
    ).fetchall()
    con.close()
    return rows


def found_by_hand(given_spans: list[Span], life: Life, through: date, has_pharmacy: bool) -> Found:
    """Every day of every span, then the days of a month together."""
    covered: set[tuple[tuple[int, int], Span]] = set()
    for span in (settled(span, has_pharmacy) for span in given_spans):
        day, end = span.start_date, span.end_date or LAST
        while day <= end:
            if is_covered(day, span, life, through):
                covered.add(((day.year, day.month), span))
            day += timedelta(1)
    months = groupby(sorted(covered, key=lambda pair: pair[0]), key=lambda pair: pair[0])
    found = [
        (1, *month, *settle_month([span for _, span in pairs], life))
        for month, pairs in months
        if month >= (FIRST.year, FIRST.month)
    ]
    return sorted(found, key=repr)


def settled(span: Span, has_pharmacy: bool) -> Span:
    """What is not said filled in."""
    known = {*RANK, *NO_COVER, "tricare"}
    kind = span.payer_type if span.payer_type in known else "other"
    medical = span.covers_medical is not False and kind not in NO_COVER
    pharmacy = (has_pharmacy if span.covers_pharmacy is None else span.covers_pharmacy) and kind not in NO_COVER
    return replace(
        span,
        payer_type=kind,
        enrolment_basis=span.enrolment_basis or "observed",
        covers_medical=medical,
        covers_pharmacy=pharmacy,
    )


def is_covered(day: date, span: Span, life: Life, through: date) -> bool:
    if span.enrolment_basis == "months_only":
        return True
    return day <= through and (life.birth_date or day) <= day <= (life.death_date or day)


def settle_month(spans: list[Span], life: Life) -> tuple[str, str | None, str, bool, bool]:
    """The preferred span's payer, and what all stated spans of the month cover (all spans, where none is stated)."""
    stated = [span for span in spans if span.enrolment_basis != "inferred"] or spans

    def begins(span: Span) -> date:
        return (
            span.start_date
            if span.enrolment_basis == "months_only"
            else max(span.start_date, life.birth_date or span.start_date)
        )

    def merged_medical(span: Span) -> bool:
        """Rows that say one span are one span."""
        same = [
            s
            for s in spans
            if replace(s, covers_medical=None, covers_pharmacy=None, source_person_id="", start_date=begins(s))
            == replace(span, covers_medical=None, covers_pharmacy=None, source_person_id="", start_date=begins(span))
        ]
        return any(s.covers_medical for s in same)

    first = min(stated, key=lambda s: (
        not merged_medical(s), 6 if s.payer_type in NO_COVER else RANK.get(str(s.payer_type), 4),
        -begins(s).toordinal(), s.payer, str(s.payer_type)))  # fmt: skip
    return (
        first.payer, first.payer_type, str(first.enrolment_basis), any(s.covers_medical for s in stated),
        any(s.covers_pharmacy for s in stated),
    )  # fmt: skip


@settings(deadline=None, max_examples=80)
@given(spans, lives, days.filter(lambda day: day <= LAST), st.booleans(), st.randoms())
def test_a_walk_through_the_days_finds_the_same_months(
    given_spans: list[Span], life: Life, through: date, has_pharmacy: bool, random: Random
) -> None:
    found = found_by_sql(given_spans, life, through, has_pharmacy)
    wanted = found_by_hand(given_spans, life, through, has_pharmacy)
    assert sorted(found, key=repr) == wanted
    again = random.sample([*given_spans, *given_spans], 2 * len(given_spans))
    assert found_by_sql(again, life, through, has_pharmacy) == found
    assert len({row[:3] for row in found}) == len(found)


@settings(deadline=None, max_examples=30)
@given(st.lists(stated_months(), min_size=1, max_size=4), lives, days)
def test_stated_months_are_exact_year_by_year(given_spans: list[Span], life: Life, through: date) -> None:
    found = found_by_sql(given_spans, life, through, has_pharmacy=False)
    for year in (2024, 2025):
        stated = [
            s.end_date.month for s in given_spans if s.end_date and s.start_date.year == year and s.covers_medical
        ]
        assert sum(1 for row in found if row[1] == year and row[6]) == max(stated, default=0)
