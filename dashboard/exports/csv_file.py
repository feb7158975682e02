"""A released frame as CSV: provenance first, then the table, then what the words in it mean."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from importlib.metadata import version

import polars as pl

from dashboard.errors import RefusedError
from dashboard.privacy import Released

# A spreadsheet runs a cell that starts with one of these as a formula (CWE-1236); some do so after blanks, and take
# the full-width forms of East Asian keyboards for the same.
_FORMULA = re.compile(r"[\s\x00-\x1f\u200b-\u200f\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\x00-\x1f]")
_MARKS = ("suppressed_columns", "is_suppressed")


def csv_bytes(released: Released, title: str) -> bytes:
    """The table with its provenance as comment lines, UTF-8 with a byte order mark (spreadsheets need it).

    Hidden numbers are the word Suppressed; numbers the sources can't give are empty. The hash is of the table's lines
    alone, so that a later reader can check them. Raises RefusedError for anything but `Released`, and after the
    last day of the record it was released under.
    """
    if not isinstance(released, Released):
        raise RefusedError(where="exports", what="only released numbers leave", do="Pass the frame through release")
    released.provenance.check_in_force()
    body = _table(released.frame)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for name, value in _provenance(released, title, body):
        writer.writerow([f"# {name}", neutral(value)])
    return ("\ufeff" + out.getvalue() + "\r\n" + body).encode()


def file_name(title: str) -> str:
    """A file name from a title.

    >>> file_name("ED visits per 1,000 by county")
    'careparity-ed-visits-per-1-000-by-county.csv'
    """
    return f"careparity-{re.sub(r'[^a-z0-9]+', '-', title.lower()).strip('-')}.csv"


def neutral(value: str) -> str:
    """Text that no spreadsheet runs: a leading apostrophe where it could.

    >>> neutral("=1+1"), neutral("plain")
    ("'=1+1", 'plain')
    """
    return f"'{value}" if _FORMULA.match(value) else value


def _provenance(released: Released, title: str, body: str) -> list[tuple[str, str]]:
    said = released.provenance
    return [
        ("title", title),
        ("question", said.question),
        ("filters", "; ".join(f"{name} = {value}" for name, value in said.filters) or "none"),
        ("policy", said.policy),
        *([("terms", said.notice)] if said.notice else []),
        *([("withheld", f"{said.withheld}; every figure lacks this care")] if said.withheld else []),
        ("suppression", said.rule),
        ("hidden cells", str(said.hidden_cells)),
        ("refreshed", said.built_at),
        ("warehouse", said.warehouse),
        ("definition", said.definition),
        ("careparity", version("careparity")),
        ("sha256 of the table", hashlib.sha256(body.encode()).hexdigest()),
        ("legend", "Suppressed: hidden to protect people; empty: not computable from these sources"),
    ]


def _table(frame: pl.DataFrame) -> str:
    columns = [c for c in frame.columns if c not in _MARKS]
    marks = frame["suppressed_columns"].to_list() if "suppressed_columns" in frame.columns else [[]] * frame.height
    hidden = frame["is_suppressed"].to_list() if "is_suppressed" in frame.columns else [False] * frame.height
    numeric = {c for c in columns if frame.schema[c].is_numeric()}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([neutral(column) for column in columns])
    for row, mark, is_hidden in zip(frame.select(columns).rows(named=True), marks, hidden, strict=True):
        writer.writerow(
            "Suppressed" if value is None and (c in (mark or []) or (is_hidden and c in numeric)) else _written(value)
            for c, value in row.items()
        )
    return out.getvalue()


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value) if isinstance(value, int) else neutral(str(value))
