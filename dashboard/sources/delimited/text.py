"""Reads delimited text strictly: header, encoding and record count are settled here, before DuckDB sees the file.

DuckDB's sniffer drops ragged rows and takes an unterminated quote without a word. So the dialect is explicit, an
independent count of records stands beside what was loaded, and a file that fails either test is split here into good
rows and rejects.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dashboard.errors import InputError

CHUNK = 4 << 20
ROW = "careparity_row"
MAX_HEADER = 1 << 20  # bytes
MAX_RECORD_LINES = 20  # a field may hold line breaks; a quote left open must not swallow the rest of the file
_DELIMITERS = (",", ";", "\t", "|")
_LINE_END, _QUOTE, _SPACES = ord("\n"), ord('"'), np.frombuffer(b" \t\n\v\f\r", np.uint8)


@dataclass(frozen=True)
class Dialect:
    """How a file is written: delimiter, line ending, and its header's column names in order (lower case)."""

    delimiter: str
    newline: str
    columns: tuple[str, ...]


def read_dialect(path: Path, known: set[str], where: str) -> Dialect:
    """The dialect by the header, which decides between delimiters by the known columns it then shows.

    Raises InputError for a header that isn't one line of fields, or names a column twice.
    """
    with path.open("rb") as stream:
        first = stream.readline(MAX_HEADER)
    if len(first) == MAX_HEADER or b"\r" in first.rstrip(b"\r\n"):
        found = "a line of more than a mebibyte" if len(first) == MAX_HEADER else "line ends of another kind (CR)"
        raise InputError(
            where=where, what="the header isn't one line of column names", found=found,
            do="Export it again, with CRLF or LF at the end of each row.",
        )  # fmt: skip
    newline = "\r\n" if first.endswith(b"\r\n") else "\n"
    header = first.decode("utf-8-sig", errors="replace").rstrip("\r\n")
    best: tuple[int, str, tuple[str, ...]] = (-1, ",", ())
    for delimiter in _DELIMITERS:
        names = _header_names(header, delimiter)
        # A spreadsheet leaves empty columns at the end.
        columns = tuple(name.strip().lower() or f"unnamed {n}" for n, name in enumerate(names, 1))
        best = max(best, (len(known & set(columns)), delimiter, columns), key=lambda choice: choice[0])
    columns = best[2]
    if len(set(columns)) < len(columns):
        repeated = sorted({name for name in columns if columns.count(name) > 1 and name in known})
        raise InputError(
            where=where,
            what="the header names a column twice",
            found=", ".join(repeated) or "an unknown column",
            do="Keep one of them.",
        )
    return Dialect(best[1], newline, columns)


def _header_names(header: str, delimiter: str) -> list[str]:
    """The fields of the header; none where it makes no sense with this delimiter."""
    try:
        return next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error:
        return []


def header_of(path: Path) -> frozenset[str]:
    """The column names that the first line may hold, in lower case, by whichever delimiter gives most of them.

    For recognising files: an unreadable header gives few names or none, never an error.
    """
    with path.open("rb") as stream:
        first = stream.readline(MAX_HEADER)
    if first.startswith((b"{", b"[")) or b"\0" in first[:4096]:  # JSON in one long line, or binary
        return frozenset()
    header = first.decode("utf-8-sig", errors="replace").rstrip("\r\n")
    found = [_header_names(header, delimiter) for delimiter in _DELIMITERS]
    return frozenset(name.strip().lower() for names in found if len(names) == max(map(len, found)) for name in names)


def count_records(path: Path, where: str) -> int:
    """Records after the header, counted without a CSV reader: line ends outside quotes, blank lines left out.

    Raises InputError when the text isn't UTF-8.
    """
    decoder, lines = codecs.getincrementaldecoder("utf-8")(), _Lines()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                if not chunk.isascii() or decoder.getstate()[0]:
                    decoder.decode(chunk)
                lines.add(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise InputError(
            where=where, what="the text isn't UTF-8", found="another encoding", do="Export it again as UTF-8."
        ) from None
    return max(0, lines.ended + (not lines.is_blank) - 1)


@dataclass
class _Lines:
    """Counts lines that aren't blank, over pieces of a file; a line end within quotes ends none."""

    ended: int = 0
    is_blank: bool = True  # the line that is open, so far
    is_quoted: bool = False

    def add(self, chunk: bytes) -> None:
        """Count on."""
        content = np.frombuffer(chunk, np.uint8)
        ends = np.flatnonzero(content == _LINE_END)
        if self.is_quoted or b'"' in chunk:
            quotes = np.flatnonzero(content == _QUOTE)
            ends = ends[(np.searchsorted(quotes, ends) + self.is_quoted) % 2 == 0]
            self.is_quoted ^= len(quotes) % 2 == 1
        if not len(ends):
            self.is_blank = self.is_blank and not chunk.strip()
            return
        starts = ends[:-1] + 1
        suspects = np.flatnonzero(np.isin(content[starts], _SPACES))
        blank = sum(not chunk[starts[i] : ends[i + 1]].strip() for i in suspects)
        self.ended += len(ends) - blank - (self.is_blank and not chunk[: ends[0]].strip())
        self.is_blank = not chunk[ends[-1] + 1 :].strip()


def split_rows(path: Path, dialect: Dialect, clean: Path) -> tuple[int, list[tuple[int, str]]]:
    """Write the well-formed rows to `clean`, with their record number first, and list the others with the reason.

    Returns (well-formed rows, [(record number, reason)]). A record is a line, or up to 20 when a quote spans them and
    they parse together.
    """
    rejected: list[tuple[int, str]] = []
    number = 0
    with clean.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
        writer.writerow([ROW, *dialect.columns])
        for fields, reason in _rows(path, dialect):
            number += 1
            if reason:
                rejected.append((number, reason))
            else:
                writer.writerow([number, *fields])
    return number - len(rejected), rejected


def _rows(path: Path, dialect: Dialect) -> Iterator[tuple[list[str], str]]:
    """(fields, reason to refuse) of each record after the header."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        next(stream, None)
        waiting: deque[str] = deque()
        while waiting or (line := next(stream, "")):
            if not waiting:
                waiting.append(line)
            taken, row = _longest_row(waiting, stream, dialect)
            for _ in range(taken):
                waiting.popleft()
            if row is not None:
                yield row


def _longest_row(
    waiting: deque[str], stream: Iterator[str], dialect: Dialect
) -> tuple[int, tuple[list[str], str] | None]:
    """The row that begins with the first waiting line, and how many lines it takes; None for a blank line."""
    first = waiting[0]
    if not first.strip():
        return 1, None
    row = _parse(first, dialect)
    if first.count('"') % 2 == 0:
        return 1, row
    text = first
    for taken in range(2, MAX_RECORD_LINES + 1):
        if len(waiting) < taken:
            following = next(stream, "")
            if not following:
                break
            waiting.append(following)
        text += waiting[taken - 1]
        if text.count('"') % 2 == 0:
            joined = _parse(text, dialect)
            if not joined[1]:
                return taken, joined
    return 1, row


def _parse(text: str, dialect: Dialect) -> tuple[list[str], str]:
    """The fields of a record, and why it is refused ('' when it isn't)."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter, strict=True))
    except csv.Error:
        return [], "quotation marks aren't closed or stand in the wrong place"
    if len(rows) != 1 or len(rows[0]) != len(dialect.columns):
        return [], "another number of fields than the header"
    return rows[0], ""
