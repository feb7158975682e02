"""Sensitive classes of care: the editable list of codes that name them, checked line by line."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from dashboard.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FILE = Path(__file__).parents[2] / "data" / "reference" / "sensitive_class.csv"
SHOWN = "data/reference/sensitive_class.csv"
COLUMNS = ("class", "system", "code", "is_prefix")
SYSTEMS = ("ICD10CM", "ICD9CM", "ICD10PCS", "HCPCS", "MSDRG", "SNOMEDCT", "RXNORM", "NDC", "LOINC", "LABEL")
# The beginning of a code is compared by its first three characters first (queries/core/withheld_record.sql).
SHORTEST_PREFIX = 3
_LABELS = {"hiv": "HIV", "behavioural": "behavioural health", "reproductive": "reproductive health"}
_CLASS = re.compile(r"[a-z][a-z0-9_]*")
_DOTTED = {"ICD10CM": re.compile(r"[A-Z][0-9A-Z]{2}(\.[0-9A-Z]{0,4})?"), "ICD9CM": re.compile(
    r"([0-9]{3}|V[0-9]{2})(\.[0-9]{0,2})?|E[0-9]{3}(\.[0-9]?)?")}  # fmt: skip
_CODE = re.compile(r"[0-9A-Za-z.\-]+")


def read(path: Path = FILE) -> pl.DataFrame:
    """The list: class, system, code, is_prefix ('true': every code that begins so).

    Raises InputError naming the line of the first row that can't be used.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise InputError(where=SHOWN, what="can't be read as UTF-8 text", do="Restore it") from None
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#")]
    if not lines or tuple(next(csv.reader([lines[0][1]]))) != COLUMNS:
        number = lines[0][0] if lines else 1
        raise _error(number, "the first line must name the columns", f"Write {','.join(COLUMNS)}")
    seen: dict[tuple[str, ...], int] = {}
    for number, line in lines[1:]:
        row = tuple(next(csv.reader([line])))
        _check(row, number)
        if row[:3] in seen:
            raise _error(number, f"repeats line {seen[row[:3]]}", "Remove one of them")
        seen[row[:3]] = number
    rows = [next(csv.reader([line])) for _, line in lines[1:]]
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


def _check(row: tuple[str, ...], line: int) -> None:
    if len(row) != len(COLUMNS):
        raise _error(line, f"has {len(row)} columns, not {len(COLUMNS)}", f"Write {','.join(COLUMNS)}")
    name, system, code, is_prefix = row
    if not _CLASS.fullmatch(name):
        raise _error(line, f"'{name}' is no name of a class", "Write it in lower case, as substance_use")
    if system not in SYSTEMS:
        raise _error(line, f"unknown system '{system}'", f"Use one of: {', '.join(SYSTEMS)}")
    if is_prefix not in {"true", "false"}:
        raise _error(line, f"is_prefix is '{is_prefix}'", "Write true or false")
    if not _CODE.fullmatch(code):
        raise _error(line, f"'{code}' is no code of letters and digits", "Correct it")
    if is_prefix == "true" and len(code) < SHORTEST_PREFIX:
        raise _error(line, f"'{code}' is too short for a beginning", f"Give {SHORTEST_PREFIX} characters or more")
    if system in _DOTTED and not _DOTTED[system].fullmatch(code):
        raise _error(line, f"'{code}' is no {system} code with its dot", "Write it as F10.2, or a category as F10")


def _error(line: int, what: str, do: str) -> InputError:
    return InputError(where=f"{SHOWN}:{line}", what=what, do=do)


def check_known(names: Iterable[str], classes: pl.DataFrame) -> None:
    """Raise UsageError for a class to withhold that the list doesn't name."""
    known = sorted(classes["class"].unique())
    for name in names:
        if name not in known:
            raise UsageError(
                where="--withhold", what=f"unknown class '{name}'", do=f"Use one of: {', '.join(known)} ({SHOWN})"
            )


def in_words(names: Sequence[str]) -> tuple[str, ...]:
    """Classes as people call them.

    >>> in_words(["hiv", "substance_use"])
    ('HIV', 'substance use')
    """
    return tuple(_LABELS.get(name, name.replace("_", " ")) for name in names)
