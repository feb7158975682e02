"""What a format's tables are made of: columns with how they are read, and the key that makes a row a duplicate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dashboard.sources.model import Member

USD = "DECIMAL(12,2)"

# kind → type of the column. A `code` is text of digits, which a spreadsheet may have taken for a number; of a `last`
# that names a month or a year only, the last day counts, of an `until` the instant after it.
KINDS = {"text": "VARCHAR", "code": "VARCHAR", "day": "DATE", "last": "DATE", "at": "TIMESTAMP", "until": "TIMESTAMP",
         "int": "INTEGER", "number": "DOUBLE", "flag": "BOOLEAN", "usd": USD}  # fmt: skip
_NEVER, _PRECISION = "never", "precision"


@dataclass(frozen=True)
class Column:
    """A column that is read.

    names: headers it goes by, in lower case, its own first; needed: the header must be there; filled: a row without a
    readable value is rejected; strict: a row whose value is given but unreadable is rejected (otherwise the value is
    left empty, and the user told how many); tells: the column whose precision this one holds, which no header gives.
    """

    name: str
    kind: str
    names: tuple[str, ...] = ()
    needed: bool = False
    filled: bool = False
    strict: bool = False
    tells: str = ""

    @property
    def type(self) -> str:
        """The DuckDB type of the raw column."""
        return KINDS[self.kind]


@dataclass(frozen=True)
class Rule:
    """What no row may be: the reason to reject it, and the SQL condition over the typed columns that is true for it.

    `{relation}` in the condition stands for all rows of the table's files, to look at a whole file.
    """

    reason: str
    condition: str


@dataclass(frozen=True)
class Table:
    """A table: its columns, its key, and known columns that are never read (names, addresses …), so aren't noted.

    Of rows of one data source with the same key one stays, chosen by what the rows say; the others are duplicates.
    rules: what rejects a row besides an unreadable value; the first that applies is the reason. hidden: by column, SQL
    over the file's headers (lower case) that is true where its value must not be read. subject: what its dates are
    about, 'person', 'enrolment' or 'care'; it is told with those that name no day.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    never: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    subject: str = "care"

    @property
    def headers(self) -> frozenset[str]:
        """Every header the table is known by, in lower case."""
        return frozenset(name for column in self.columns for name in column.names) | self.never


def table(name: str, key: str, columns: str, subject: str = "care") -> Table:
    """A table from lines `kind: column column …`; `never: header …` lists what must not be read; `precision: column`
    adds a text column `column_precision`: year, month or '90 or older' where the column's value names no day.

    A column may be written `name=header/header` when files call it otherwise, and end in marks: `!` must be filled,
    `*` its header must exist, `?` must be readable where it is given.

    >>> table("claims", "id", "text: id!\\n day: start=start_date/start_year*?").columns[1]
    Column(name='start', kind='day', names=('start_date', 'start_year'), needed=True, filled=False, strict=True)
    """
    found, never = [], frozenset[str]()
    for line in filter(None, (part.strip() for part in columns.splitlines())):
        kind, words = line.split(":")
        if kind == _NEVER:
            never |= frozenset(words.split())
            continue
        if kind == _PRECISION:
            found += [Column(f"{word}_{_PRECISION}", "text", tells=word) for word in words.split()]
            continue
        found += [_column(kind, word) for word in words.split()]
    return Table(name, tuple(found), tuple(key.split()), never, subject=subject)


def _column(kind: str, word: str) -> Column:
    bare = word.rstrip("!*?")
    marks = word[len(bare) :]
    name, _, headers = bare.partition("=")
    names = tuple(headers.split("/")) if headers else (name,)
    return Column(name, kind, names, "!" in marks or "*" in marks, "!" in marks, "?" in marks)


def _nothing(member: Member) -> Mapping[str, str]:
    del member
    return {}


@dataclass(frozen=True)
class Layout:
    """A format that is made of tables.

    name: the format's; tables: by name, each becomes raw.<format>_<table>; unused: tables that are recognised but not
    read, their rows counted as ignored; recognise: the table that a file holds, or None; constants: columns whose
    value a whole file shares, such as the year in its name; has_data_source: rows may name their data source in a
    column `data_source`; advice: what to do when columns are missing.
    """

    name: str
    tables: Mapping[str, Table]
    unused: frozenset[str]
    recognise: Callable[[Member], str | None]
    constants: Callable[[Member], Mapping[str, str]] = _nothing
    has_data_source: bool = False
    advice: str = "Add them; the header must be the first line."

    def raw(self, table: Table) -> str:
        """The raw relation of a table."""
        return f"raw.{self.name}_{table.name}"

    def columns(self, table: Table) -> tuple[Column, ...]:
        """The table's columns, after data_source where rows may name one."""
        own = (Column("data_source", "text", ("data_source",)),) if self.has_data_source else ()
        return (*own, *table.columns)
