"""All measures as one table, with precedence applied once, and the contract that makes that possible.

Every file of queries/measures gives, per person, group and period, its populations *before* precedence. This module
joins them and applies the rule of proportion measures: an exclusion takes a person out before the numerator is looked
at, and an exception only takes out who isn't in the numerator.
Source: HL7 Quality Measure Implementation Guide, Proportion Measures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.warehouse import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboard.errors import CheckFailed
    from dashboard.warehouse.catalog import Catalog, QueryFile
    from dashboard.warehouse.connect import Connection

POPULATIONS = (
    "initial_population",
    "denominator",
    "denominator_exclusion",
    "denominator_exception",
    "numerator",
)
KEYS = ("person_id", "group_id", "period_start")
STRATA = ("stratum_1", "stratum_2")
_EVIDENCE = ("evidence_date", "reason")

_RESULT = """
with raw as (
    select
        null::varchar as measure_id, null::integer as person_id, null::varchar as group_id,
        null::date as period_start, null::integer as initial_population, null::integer as denominator,
        null::integer as denominator_exclusion, null::integer as denominator_exception, null::integer as numerator,
        null::varchar as stratum_1, null::varchar as stratum_2, null::varchar as reason
    where false
    {measures}
),
placed as (
    select
        *,
        initial_population = 1 as in_initial_population,
        initial_population = 1 and denominator = 1 as is_counted,
        initial_population = 1 and denominator = 1 and denominator_exclusion = 1 as is_excluded
    from raw
),
judged as (
    select
        *,
        is_counted and not is_excluded and numerator = 1 as in_numerator,
        is_counted and not is_excluded and numerator = 0 and denominator_exception = 1 as is_exception
    from placed
)
select
    measure_id,
    person_id,
    group_id,
    period_start,
    in_initial_population,
    is_counted and not is_excluded and not is_exception as in_denominator,
    is_excluded,
    is_exception,
    in_numerator,
    stratum_1,
    stratum_2,
    case when is_counted and not is_excluded and not is_exception then reason end as reason
from judged
"""


def result_sql(catalog: Catalog) -> str:
    """The statement of `measures.result`: one row per measure, person, group and period.

    in_denominator is after exclusions and exceptions, so in_numerator ÷ in_denominator is the rate; is_excluded and
    is_exception count who left it. All five are booleans without nulls. reason is why the person is a gap (or, where
    lower is better, an event), and null outside the denominator.
    """
    known = ", ".join(f"'{column}'" for column in (*KEYS, *POPULATIONS, *STRATA, "reason"))
    parts = [
        f"union all by name select '{file.header['id']}' as measure_id, columns(lambda c: c in ({known})) "
        f"from {tables.quoted(file.full_name)}"
        for file in catalog.of("measures")
    ]
    return _RESULT.format(measures="\n    ".join(parts))


def check_contract(con: Connection, catalog: Catalog) -> None:
    """Raise the first breach of the measure contract, naming the file and the remedy (CheckFailed)."""
    for file in catalog.of("measures"):
        for problem in _problems(con, file):
            raise problem


def column_findings(con: Connection, catalog: Catalog) -> list[CheckFailed]:
    """What is wrong with the names and columns of the measures, whose (empty) tables are in `con`."""
    found: list[CheckFailed] = []
    for file in catalog.of("measures"):
        found += check_columns(file, list(tables.columns_of(con, tables.quoted(file.full_name))))
    return found


def _problems(con: Connection, file: QueryFile) -> Iterator[CheckFailed]:
    yield from check_columns(file, list(tables.columns_of(con, tables.quoted(file.full_name))))
    yield from _values(con, file)


def check_columns(file: QueryFile, found: list[str]) -> Iterator[CheckFailed]:
    """What is wrong with a measure's name, id or columns."""
    if file.name != file.header["id"].lower():
        yield file.error(
            f"the file of the measure {file.header['id']} has another name",
            do=f"Call it queries/measures/{file.header['id'].lower()}.sql",
        )
    if missing := [c for c in (*KEYS, *POPULATIONS, *_EVIDENCE) if c not in found]:
        yield file.error(
            f"the measure lacks {', '.join(missing)}",
            found=", ".join(found),
            do="Select them: populations as 0 or 1 before precedence, evidence_date and reason null where unknown",
        )
    if extra := [c for c in found if c not in {*KEYS, *POPULATIONS, *_EVIDENCE, *STRATA}]:
        yield file.error(
            f"the measure has columns that the contract doesn't know: {', '.join(extra)}",
            do=f"Keep to the keys, the populations, {', '.join((*STRATA, *_EVIDENCE))}",
        )


def _values(con: Connection, file: QueryFile) -> Iterator[CheckFailed]:
    table = tables.quoted(file.full_name)
    rules = {
        f"{column} is neither 0 nor 1": f"{column} is null or {column} not in (0, 1)" for column in POPULATIONS
    } | {
        "the denominator holds people outside the initial population": "denominator > initial_population",
        "a key is null": " or ".join(f"{column} is null" for column in KEYS),
    }
    counts = ", ".join(f"count(*) filter (where {condition})" for condition in rules.values())
    row = con.execute(f"select {counts} from {table}").fetchall()[0]
    for rule, count in zip(rules, row, strict=True):
        if count:
            yield file.error(rule, found=f"{count:,} rows", do="Correct the measure's last SELECT")
