"""SQL that turns what a file says into typed values, plainly first and with repairs only where that fails.

Repairs undo what spreadsheets do when they save a file again, where only one meaning is possible: dates as M/D/YYYY,
D.M.YYYY or 5-Jan-2024, thousands separators, currency signs, numbers in parentheses, codes that became 123.0. What
has two meanings (a code in scientific notation, 03/04/2024 where the column holds both orders) can't be read.

A date that names no day (2024, 2024-03), as in files that were de-identified, is read as the first day of its time, or
the last where the column is an end; `precision_sql` says so, and the loader counts it in raw.coarse_date.
"""

from __future__ import annotations

from dashboard.sources.delimited.tables import Column

MONTH_FIRST, DAY_FIRST, NO_ORDER = "month/day", "day/month", "both orders"

_OLDEST = "date '1800-01-01'"  # strptime takes 14 for the year 14
_DAYS = {MONTH_FIRST: "%m/%d/%Y", DAY_FIRST: "%d/%m/%Y"}
_UNSLASHED = ("%Y%m%d", "%d.%m.%Y", "%d-%b-%Y", "%Y/%m/%d")
_YEAR, _MONTH = "(18|19|20)[0-9]{2}", "(18|19|20)[0-9]{2}[-/]?(0[1-9]|1[0-2])"
_TOPPED = "(age ?)?(90 ?[+]|90 (years )?(or|and) (older|over|above|more)|90 plus|> ?89|>= ?90|≥ ?90|89 ?[+])"
DAYS = ("day", "last", "at", "until")  # kinds of columns that hold a day or a moment
TOPPED = "90 or older"
_TIMES = ("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p")


def plain_sql(column: Column, value: str, stored: str = "VARCHAR") -> str:
    """A value read as files should be written; an unreadable one raises, or is null under try_cast.

    value: SQL of a column of the type `stored`, where empty text is already null.
    """
    if column.type == stored == "VARCHAR":
        return value
    return f"try_cast({value} as {column.type})"


def filled_sql(value: str) -> str:
    """Text where spaces are no value; only what may begin with one is trimmed, which is slow."""
    return f"case when {value} >= '!' then {value} else nullif(trim({value}), '') end"


def is_plain_sql(column: Column, value: str) -> str:
    """A condition: the text needs no repair."""
    if column.kind == "code":
        return f"({value} is null or not (contains({value}, '.') or contains({value}, '+')))"
    if column.kind == "text":
        return "true"
    if column.kind in DAYS:  # 1/2/14 would be read as the year 1
        return f"({value} is null or coalesce(try_cast({value} as {column.type}) >= {_OLDEST}, false))"
    return f"({value} is null or try_cast({value} as {column.type}) is not null)"


def order_sql(value: str) -> str:
    """An aggregate over text: in which order its slashed dates name month and day (one of three constants).

    Where no day exceeds 12 they are taken as written in the United States: month/day.
    """
    first, second = (f"try_cast(split_part({value}, '/', {n}) as integer)" for n in (1, 2))
    slashed = f"regexp_matches({value}, '^[0-9]{{1,2}}/[0-9]{{1,2}}/')"
    return (
        f"case when coalesce(bool_or({slashed} and {first} > 12), false)"
        f" then case when coalesce(bool_or({slashed} and {second} > 12), false)"
        f" then '{NO_ORDER}' else '{DAY_FIRST}' end else '{MONTH_FIRST}' end"
    )


def repaired_sql(column: Column, value: str, *, order: str = MONTH_FIRST, delimiter: str = ",") -> str:
    """A value read with repairs; null where it can't be read with certainty.

    order: of slashed dates in this column of this file; delimiter: of the file, because where it is a semicolon a
    comma is likely to be the decimal sign.
    """
    text = f"trim({value})"
    match column.kind:
        case "text":
            return value
        case "code":
            digits = f"regexp_replace({text}, '^([0-9]+)[.]0+$', '\\1')"
            return f"case when not regexp_matches({text}, '[0-9][eE][+][0-9]+$') then {digits} end"
        case "flag":
            return (
                f"case when lower({text}) in ('y', 'yes') then true when lower({text}) in ('n', 'no') then false"
                f" else try_cast({text} as boolean) end"
            )
        case "day" | "last":
            return f"coalesce({_coarse(text, is_last=column.kind == 'last')}, cast({_moment(text, order)} as date))"
        case "at":
            return f"coalesce({_coarse(text, is_last=False)}, {_moment(text, order)})"
        case "until":
            return f"coalesce({_coarse(text, is_last=True)} + 1, {_moment(text, order)})"
    number = _number_text(text, delimiter)
    if column.kind == "int":
        return f"try_cast(try_cast({number} as double) as integer)"
    return f"try_cast({number} as {column.type})"


def precision_sql(value: str) -> str:
    """'year' or 'month' for a date that names no day, '90 or older' for an age topped there; else null."""
    text = f"trim({value})"
    return (
        f"case when regexp_full_match({text}, '{_YEAR}([.]0)?') then 'year'"
        f" when regexp_full_match({text}, '{_MONTH}') then 'month'"
        f" when regexp_full_match(lower({text}), '{_TOPPED}') then '{TOPPED}' end"
    )


def _coarse(text: str, *, is_last: bool) -> str:
    """The first or last day of a year or month; null for other texts."""
    year = f"cast(left({text}, 4) as integer)"
    month = f"make_date({year}, cast(right({text}, 2) as integer), 1)"
    return (
        f"case when regexp_full_match({text}, '{_YEAR}([.]0)?')"
        f" then make_date({year}, {'12, 31' if is_last else '1, 1'})"
        f" when regexp_full_match({text}, '{_MONTH}') then {f'last_day({month})' if is_last else month} end"
    )


def _moment(text: str, order: str) -> str:
    """A timestamp from text: ISO first, then the other ways of writing it."""
    orders = list(_DAYS) if order == NO_ORDER else [order]
    formats = [day + time for day in (*_UNSLASHED, *(_DAYS[o] for o in orders)) for time in _TIMES]
    listed = ", ".join(f"'{one}'" for one in formats)
    read = f"coalesce(try_cast({text} as timestamp), try_strptime({text}, [{listed}]))"
    certain = f"{read} >= {_OLDEST}"
    if order == NO_ORDER:  # only a day above 12 tells them apart
        parts = [f"try_cast(split_part({text}, '/', {n}) as integer)" for n in (1, 2)]
        certain += f" and (not regexp_matches({text}, '^[0-9]{{1,2}}/') or greatest({', '.join(parts)}) > 12)"
    return f"case when {certain} then {read} end"


def _number_text(text: str, delimiter: str) -> str:
    """The text of a number without what a spreadsheet's display adds to it."""
    bare = f"regexp_replace(regexp_replace({text}, '[$\\s]', '', 'g'), '^[(](.*)[)]$', '-\\1')"
    grouped = "'[-+]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]*)?'" if delimiter == "," else (
        "'[-+]?[0-9]{1,3}(,[0-9]{3})+[.][0-9]*'")  # fmt: skip
    return (
        f"case when regexp_full_match({bare}, {grouped}) then replace({bare}, ',', '')"
        f" when regexp_full_match({bare}, '[-+]?[0-9]{{1,3}}([.][0-9]{{3}})+,[0-9]+')"
        f" then replace(replace({bare}, '.', ''), ',', '.')"
        f" when regexp_full_match({bare}, '[-+]?[0-9]+,[0-9]{{1,2}}') then replace({bare}, ',', '.')"
        f" else {bare} end"
    )
