"""Synthea's CSV export, in both schemas in circulation → raw.synthea_csv_*.

The older one has 25 columns of patients and START_YEAR, END_YEAR in payer_transitions (holding timestamps); the newer
one 28 columns, FIPS codes, START_DATE, END_DATE and a SYSTEM beside codes. Both are read into the same tables. Files
are told by their columns, and by their name where columns are missing or renamed: an error can then say which.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from dashboard.errors import InputError
from dashboard.sources import delimited
from dashboard.sources.model import Connection, ForeignFileError, LoadContext, Member, Reconciliation
from dashboard.sources.synthea_csv.tables import TABLES, UNUSED

__all__ = ["NAME", "create", "detect", "load"]

NAME = "synthea_csv"
TYPES_STAND_ALONE = True

_SUFFIXES = (".csv", ".tsv", ".txt")
_KNOWN = {name: table.headers for name, table in TABLES.items()} | UNUSED
_FILE = re.compile(rf"(?:synthea[-_. ]?)?({'|'.join(_KNOWN)})(?:[-_. ]?(?:part)?[-_. ]?\(?\d+\)?)*", re.IGNORECASE)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ALIKE = 0.6  # share of the columns of a file and a type together that both have


def recognise(member: Member) -> str | None:
    """The type of a file, or None where it isn't Synthea's.

    By name, if at least half of its columns, and three, are those of the type. Else by columns: of the types whose
    required columns are all there, the one whose columns are most alike.
    """
    if PurePosixPath(member.name).suffix.lower() not in _SUFFIXES:
        return None
    header = delimited.header_of(member.path)
    name = _named(member)
    if name is not None:
        shared = len(header & _KNOWN[name])
        if shared >= 3 and 2 * shared >= len(header):
            return name
    likeness = {
        name: len(header & known) / len(header | known) for name, known in _KNOWN.items() if _fits(name, header)
    }
    best = max(likeness, key=lambda name: likeness[name], default=None)
    return best if best is not None and likeness[best] >= _ALIKE else None


def _named(member: Member) -> str | None:
    """The type that a file's name promises, or None."""
    path = PurePosixPath(member.name)
    named = _FILE.fullmatch(path.stem) if path.suffix.lower() in _SUFFIXES else None
    return named.group(1).lower() if named else None


def _fits(name: str, header: frozenset[str]) -> bool:
    """Whether a header has every column that a type must have."""
    if name in UNUSED:
        return header >= UNUSED[name]
    return all(not header.isdisjoint(column.names) for column in TABLES[name].columns if column.needed)


LAYOUT = delimited.Layout(
    NAME,
    TABLES,
    frozenset(UNUSED),
    recognise=recognise,
    advice="Take the files as Synthea writes them; the header must be the first line.",
)


def detect(member: Member) -> bool:
    """Whether the file is one of Synthea's CSV files.

    Raises ForeignFileError when it has the name of one but other columns, InputError when it may be one in an encoding
    or with line ends that can't be read.
    """
    if recognise(member) is not None:
        return True
    name = _named(member)
    if name is None:
        return False
    with member.path.open("rb") as stream:
        head = stream.read(1 << 16)
    if head[:2] in _UTF16 or (b"\r" in head and b"\n" not in head and b"\0" not in head):
        found = "UTF-16" if head[:2] in _UTF16 else "line ends of another kind (CR)"
        raise InputError(
            where=f"file {member.ordinal}", what=f"the file can't be read as {name}", found=found,
            do="Export it again as UTF-8, with CRLF or LF at the end of each row.",
        )  # fmt: skip
    raise ForeignFileError(
        where=f"file {member.ordinal}", what=f"the file is called {name}, but has other columns than Synthea's {name}",
        found="no header that is known" if head else "an empty file",
        do="Export it again with its header as the first line, or leave it out.",
    )  # fmt: skip


def create(con: Connection) -> None:
    """Create every raw.synthea_csv_<type>, empty."""
    delimited.create(con, LAYOUT)


def load(context: LoadContext, members: list[Member]) -> list[Reconciliation]:
    """Load the files of one source. Raises InputError for missing columns, damage and other encodings."""
    return delimited.load(context, members, LAYOUT)
