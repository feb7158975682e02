"""Given/expect cases: plain Markdown tables beside each query, run in memory in milliseconds.

`x.case.md` beside `x.sql` holds `## Case: name` sections; each gives tables (`### given schema.table`) and the rows
expected (`### expect`, or `### expect in order`). Only the columns named are compared. A column may carry its type
(`codes:struct("system" varchar, code varchar)[]`); otherwise it has the type that the warehouse gives it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.errors import CheckFailed
from dashboard.warehouse import connect, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboard.warehouse.catalog import Catalog, QueryFile

_RULE = re.compile(r"^\|?[\s:|-]+\|?$")
_GUESSES = (
    (r"-?\d+", "bigint"),
    (r"-?\d+\.\d+", "double"),
    (r"\d{4}-\d{2}-\d{2}", "date"),
    (r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}.*", "timestamp"),
    (r"true|false", "boolean"),
)


@dataclass
class Table:
    """One Markdown table: column names (with a type where given) and cells; empty cells are null."""

    columns: list[tuple[str, str | None]]
    rows: list[list[str | None]]


@dataclass
class Case:
    """One case: what is given, what is expected, and where it stands."""

    name: str
    where: str
    given: dict[str, Table] = field(default_factory=dict)
    expect: Table | None = None
    in_order: bool = False


def case_path(file: QueryFile) -> Path:
    """The case file beside a query."""
    return file.path.with_suffix(".case.md")


def read(file: QueryFile) -> list[Case]:
    """The cases of a query; empty when it has no case file. Raises CheckFailed for a malformed one."""
    path = case_path(file)
    if not path.exists():
        return []
    shown = file.shown_path.removesuffix(".sql") + ".case.md"
    cases = list(_parse(path.read_text(encoding="utf-8").splitlines(), shown))
    for case in cases:
        if case.expect is None:
            raise CheckFailed(where=case.where, what=f"case '{case.name}' expects nothing", do="Add ### expect")
    if not cases:
        raise CheckFailed(where=shown, what="holds no case", do="Add `## Case: name`")
    return cases


def _parse(lines: list[str], shown: str) -> Iterator[Case]:
    case: Case | None = None
    number = 0
    while number < len(lines):
        line = lines[number].strip()
        if line.startswith("## "):
            if case:
                yield case
            case = Case(line[3:].removeprefix("Case:").strip(), f"{shown}:{number + 1}")
        elif line.startswith("### ") and case:
            table, number = _table(lines, number + 1, shown)
            _place(case, line[4:].strip(), table, f"{shown}:{number}")
            continue
        number += 1
    if case:
        yield case


def _place(case: Case, heading: str, table: Table, where: str) -> None:
    if heading.startswith("given "):
        case.given[heading.removeprefix("given ").strip("` ")] = table
    elif heading in {"expect", "expect in order"}:
        case.expect, case.in_order = table, heading != "expect"
    else:
        raise CheckFailed(where=where, what=f"unknown heading '{heading}'", do="Use: given schema.table, expect")


def _table(lines: list[str], start: int, shown: str) -> tuple[Table, int]:
    number = start
    while number < len(lines) and not lines[number].lstrip().startswith("|"):
        if lines[number].startswith("#"):
            raise CheckFailed(where=f"{shown}:{start}", what="this heading has no table", do="Add one below it")
        number += 1
    cells: list[list[str]] = []
    while number < len(lines) and lines[number].lstrip().startswith("|"):
        if not _RULE.match(lines[number].strip()):
            cells.append(_cells(lines[number]))
        number += 1
    if not cells:
        raise CheckFailed(where=f"{shown}:{start}", what="this heading has no table", do="Add one below it")
    header = [_column(name) for name in cells[0]]
    for row in cells[1:]:
        if len(row) != len(header):
            raise CheckFailed(
                where=f"{shown}:{number}", what="a row has other cells than its header", found=f"{len(row)} cells"
            )
    return Table(header, [[cell or None for cell in row] for row in cells[1:]]), number


def _cells(line: str) -> list[str]:
    inner = line.strip().strip("|")
    return [cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", inner)]


def _column(text: str) -> tuple[str, str | None]:
    name, _, kind = text.partition(":")
    return name.strip(), kind.strip() or None


class Runner:
    """Runs cases against the column types of an empty warehouse."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._types = connect.memory(threads=1)
        tables.skeleton(self._types, catalog)
        tables.published_skeleton(self._types)

    def run(self, file: QueryFile, case: Case) -> list[str]:
        """What differs from the case, in words; empty when it holds."""
        con = connect.memory(threads=1)
        try:
            tables.create_schemas(con)
            for name in sorted(set(case.given) | file.reads):
                self._create(con, name, case)
            statement = f"create table __found as {file.body}"
            con.execute(statement)
            return _differences(con, case)
        except connect.Error as error:
            return [f"{case.where}: case '{case.name}': {str(error).splitlines()[0]}"]
        finally:
            con.close()

    def _create(self, con: connect.Connection, name: str, case: Case) -> None:
        table = case.given.get(name)
        columns = self._columns(name)
        for position, (column, kind) in enumerate(table.columns if table else []):
            guessed = kind or columns.get(column) or _guess([row[position] for row in table.rows] if table else [])
            columns[column] = guessed
        body = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        con.execute(f"create table {tables.quoted(name)} ({body})")
        if table:
            _insert(con, name, table, columns)

    def _columns(self, name: str) -> dict[str, str]:
        try:
            return tables.columns_of(self._types, tables.quoted(name))
        except CheckFailed:
            return {}


def _guess(cells: list[str | None]) -> str:
    for pattern, kind in _GUESSES:
        if all(cell is None or re.fullmatch(pattern, cell) for cell in cells):
            return kind
    return "varchar"


def _insert(con: connect.Connection, name: str, table: Table, columns: dict[str, str]) -> None:
    names = ", ".join(f'"{column}"' for column, _ in table.columns)
    casts = ", ".join(_value(columns[column]) for column, _ in table.columns)
    for row in table.rows:
        con.execute(f"insert into {tables.quoted(name)} ({names}) select {casts}", row)


def _value(kind: str) -> str:
    return f"cast(cast(? as varchar) as {kind})"


def _differences(con: connect.Connection, case: Case) -> list[str]:
    assert case.expect is not None
    found_columns = tables.columns_of(con, "__found")
    if missing := [column for column, _ in case.expect.columns if column not in found_columns]:
        return [f"{case.where}: case '{case.name}': the query has no column {', '.join(missing)}"]
    wanted_types = {column: found_columns[column] for column, _ in case.expect.columns}
    con.execute("create table __want (" + ", ".join(f'"{c}" {k}' for c, k in wanted_types.items()) + ")")
    _insert(con, "__want", case.expect, wanted_types)
    select = ", ".join(_comparable(column, kind) for column, kind in wanted_types.items())
    found = con.execute(f"select {select} from __found").fetchall()
    wanted = con.execute(f"select {select} from __want").fetchall()
    if not case.in_order:
        found, wanted = sorted(found, key=repr), sorted(wanted, key=repr)
    if found == wanted:
        return []
    lines = [f"{case.where}: case '{case.name}':"]
    lines += [f"  missing {row}" for row in wanted if row not in found]
    lines += [f"  extra   {row}" for row in found if row not in wanted]
    return lines if len(lines) > 1 else [*lines, "  the rows differ in number or order"]


def _comparable(column: str, kind: str) -> str:
    if kind in {"DOUBLE", "FLOAT"}:
        return f'round("{column}", 6)'
    return f'"{column}"::varchar'
