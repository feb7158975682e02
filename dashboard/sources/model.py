"""What every source format shares: the files of a source, the account of its rows, and the rejects file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

from dashboard.errors import InputError


class Result(Protocol):
    """What a statement returns."""

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row, or None."""

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All remaining rows."""

    def fetchnumpy(self) -> dict[str, Any]:
        """All remaining rows, a numpy array a column."""


class Connection(Protocol):
    """The part of a DuckDB connection that sources use; only dashboard/warehouse opens one."""

    def execute(self, query: str, parameters: object = None) -> Result:
        """Run one statement with positional parameters."""


Progress = Callable[[str, int, int], None]  # (what, done, total): total 0 while unknown


@dataclass(frozen=True)
class Member:
    """One file of a source, lying uncompressed on disk.

    name: path inside the source, to classify the file by; it may name a person, so it is never shown.
    ordinal: 1-based position in the source, which is what messages and tables show.
    """

    path: Path
    name: str
    ordinal: int
    size: int


@dataclass
class Reconciliation:
    """The account of one type of row in one file: read = loaded + duplicate + rejected + ignored.

    source: 's1', 's2' … in the order given; file: ordinal within the source; type: the FHIR resource type, or the
    input-layer table; 'unrecognised' counts a file that isn't data (licence, read-me) as one ignored row.
    """

    source: str
    format: str
    file: int
    type: str
    read: int = 0
    loaded: int = 0
    duplicate: int = 0
    rejected: int = 0
    ignored: int = 0

    def check(self) -> None:
        """Raise AssertionError when a row is unaccounted for: that is a bug in the reader."""
        accounted = self.loaded + self.duplicate + self.rejected + self.ignored
        if self.read != accounted:
            place = f"{self.source} file {self.file} ({self.type})"
            raise AssertionError(f"{place}: {self.read} rows read but {accounted} accounted for")

    def as_dict(self) -> dict[str, str | int]:
        """The row of the report."""
        return asdict(self)


@dataclass
class Rejects:
    """The rejects file: where a row was and why it was refused, never what it said.

    Columns: source, file (ordinal), row (position in the file, blank lines not counted; the header is not a row),
    type, reason. It is made only when something is rejected.
    """

    path: Path
    counts: dict[str, int] = field(default_factory=dict)
    _file: IO[str] | None = None

    def add(self, source: str, rows: Iterable[Sequence[Any]]) -> None:
        """Append rows of (file ordinal, row number, type, reason)."""
        for file_ordinal, row_number, kind, reason in rows:
            writer = csv.writer(self._open())
            writer.writerow([source, file_ordinal, row_number, kind, reason])
            self.counts[reason] = self.counts.get(reason, 0) + 1

    def _open(self) -> IO[str]:
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8", newline="")
            self.path.chmod(0o600)
            csv.writer(self._file).writerow(["source", "file", "row", "type", "reason"])
        return self._file

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


@dataclass
class LoadContext:
    """What a format's loader is given.

    source: 's1' … or the name given; label: how messages name it (the path as the user typed it); workdir: private
    folder for temporary files of this source; notes: what the user should know once, such as ignored columns;
    position: the source's place in the order given, from 1; data_sources: filled by a loader whose rows state data
    sources of their own (empty: all rows are of `data_source`); data_source: what rows are of that don't say, so that
    people of two formats in one source never collide; is_named: the source was given a name; digests, fed: see
    `sources.load`; formats leave them alone.
    """

    con: Connection
    source: str
    label: str
    workdir: Path
    rejects: Rejects
    on_progress: Progress
    notes: list[str] = field(default_factory=list)
    position: int = 1
    data_sources: set[str] = field(default_factory=set)
    data_source: str = ""
    is_named: bool = False
    digests: MutableMapping[str, str] = field(default_factory=dict)
    fed: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.data_source = self.data_source or self.source

    def data_source_sql(self, own: str) -> str:
        """SQL of a row's data source, where `own` is SQL of what the row itself says (null: nothing).

        What it says counts, within the source's name where one was given: two sources may call themselves the same.
        """
        stated = f"{quote(self.data_source + '/')} || {own}" if self.is_named else own
        return f"coalesce({stated}, {quote(self.data_source)})"


class ForeignFileError(InputError):
    """A file whose content is of another kind than its name promises, so that it is nobody's data.

    Where the format isn't forced, such a file is counted as unrecognised and doesn't stop the load.
    """


class Format(Protocol):
    """A module of this package that reads one format. Having NAME makes it one.

    It may also set TYPES_STAND_ALONE = True, if raw.<format>_<type> follows from the files that the account names for
    that type and from nothing else: then a change of other files leaves alone what is built on it. Without it, raw
    tables are compared by content after each load.
    """

    NAME: str

    def detect(self, member: Member) -> bool:
        """Whether the file's content is this format's.

        Raises InputError for data of this format that is damaged, ForeignFileError when only the name promises it.
        """

    def create(self, con: Connection) -> None:
        """Create an empty raw table for every type that the format knows."""

    def load(self, context: LoadContext, members: list[Member]) -> list[Reconciliation]:
        """Load the files into the raw tables and account for every row."""


def quote(text: str) -> str:
    """A SQL string literal.

    >>> quote("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


_DAMAGE = ("InvalidInputException", "IOException", "SerializationException", "ConversionException")


def is_damage(error: Exception) -> bool:
    """Whether DuckDB refused a file's content. Told by name, because only dashboard/warehouse imports duckdb."""
    return type(error).__name__ in _DAMAGE
