"""Reads a crosswalk: which people of several sources are one person.

A CSV file with data_source, source_person_id, link_id: all rows with one link_id are one person. It is read strictly,
since a link lost or misread joins two people's care, and messages name lines, never what stands in them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from dashboard.errors import InputError

COLUMNS = ("data_source", "source_person_id", "link_id")
SCHEMA = dict.fromkeys(COLUMNS, pl.String)
_WHERE = "--crosswalk"


def read(path: Path) -> pl.DataFrame:
    """The rows of a crosswalk: data_source, source_person_id, link_id, all strings, none null, each row once.

    Column names in any order and case; other columns are ignored; a byte order mark, CRLF and quotes are understood.
    Raises InputError with the line for what isn't so: a missing column, another number of fields, an empty field, a
    person in two links, quotes that don't close, text that isn't UTF-8.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            links = _links(csv.reader(stream, strict=True))
    except UnicodeDecodeError:
        raise _error("the text isn't UTF-8", do="Export it again as UTF-8") from None
    except OSError as error:
        raise _error("the file can't be read", found=error.strerror or "", do="Check the path") from None
    rows = [(*person, link) for person, (link, _) in links.items()]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _links(reader: Iterator[list[str]]) -> dict[tuple[str, str], tuple[str, int]]:
    """(data source, person) → (link, line)."""
    found: dict[tuple[str, str], tuple[str, int]] = {}
    for line, (data_source, person, link) in _rows(reader):
        earlier, first_line = found.setdefault((data_source, person), (link, line))
        if earlier != link:
            raise _error(
                "a person is in two links", line=line, found=f"another link in line {first_line}",
                do="Give each person of a source one link_id",
            )  # fmt: skip
    return found


def _rows(reader: Iterator[list[str]]) -> Iterator[tuple[int, tuple[str, str, str]]]:
    """(line, the three fields) of each row that isn't blank."""
    width, places = 0, [0, 0, 0]
    try:
        for fields in reader:
            line: int = reader.line_num  # type: ignore[attr-defined]
            if not width:
                width, places = len(fields), _places(fields)
            elif any(field.strip() for field in fields):
                yield line, _fields(fields, width, places, line)
    except csv.Error:
        line = reader.line_num  # type: ignore[attr-defined]
        raise _error("quotation marks aren't closed or stand in the wrong place", line=line) from None
    if not width:
        raise _error("the file is empty", do=f"Give columns {', '.join(COLUMNS)}")


def _places(header: list[str]) -> list[int]:
    names = [name.strip().lower() for name in header]
    if missing := [name for name in COLUMNS if name not in names]:
        raise _error(
            f"there is no column {' and no '.join(missing)}", line=1, found=f"{len(names)} other columns",
            do=f"Name the columns {', '.join(COLUMNS)} in the first line, with commas between",
        )  # fmt: skip
    if repeated := [name for name in COLUMNS if names.count(name) > 1]:
        raise _error("the header names a column twice", line=1, found=", ".join(repeated), do="Keep one")
    return [names.index(name) for name in COLUMNS]


def _fields(fields: list[str], width: int, places: list[int], line: int) -> tuple[str, str, str]:
    if len(fields) != width:
        raise _error("another number of fields than the header", line=line, found=f"{len(fields)} instead of {width}")
    data_source, person, link = (fields[place].strip() for place in places)
    if not (data_source and person and link):
        empty = next(name for name, value in zip(COLUMNS, (data_source, person, link), strict=True) if not value)
        raise _error(f"{empty} is empty", line=line, do="Leave out people who are linked to nobody")
    return data_source, person, link


def _error(what: str, *, line: int | None = None, found: str = "", do: str = "Correct it") -> InputError:
    where = f"{_WHERE}, line {line}" if line else _WHERE
    return InputError(where=where, what=what, found=found, do=do)
