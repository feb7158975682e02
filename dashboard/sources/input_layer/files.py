"""Tells which input-layer table a file holds, and in what form."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from dashboard.errors import InputError
from dashboard.sources.input_layer.tables import TABLES, UNUSED
from dashboard.sources.model import Member

_NAMES = "|".join((*TABLES, *UNUSED))
_FILE = re.compile(rf"(?:input_layer__)?({_NAMES})(?:[-_.]?(?:part)?[-_.]?\d+)*", re.IGNORECASE)
_TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
_SUFFIXES = (*_TEXT_SUFFIXES, ".parquet", ".pq", ".snappy", ".zstd")
_PARQUET = b"PAR1"


def table_name(name: str) -> str | None:
    """The table that a path inside a source names: by the file, or by its folder for part files.

    >>> table_name("out/input_layer__Medical_Claim.csv"), table_name("medical_claim/part-0.parquet")
    ('medical_claim', 'medical_claim')
    >>> table_name("notes/readme.csv") is None
    True
    """
    path = PurePosixPath(name)
    stem = path.name
    while PurePosixPath(stem).suffix.lower() in _SUFFIXES:
        stem = PurePosixPath(stem).stem
    for candidate in (stem, path.parent.name):
        found = _FILE.fullmatch(candidate)
        if found:
            return found.group(1).lower()
    return None


def detect(member: Member) -> bool:
    """Whether a file is an input-layer table. Raises InputError when its content isn't what its name promises."""
    suffix = PurePosixPath(member.name).suffix.lower()
    if table_name(member.name) is None or suffix not in (*_TEXT_SUFFIXES, ".parquet", ".pq"):
        return False
    with member.path.open("rb") as stream:
        head = stream.read(4096)
        stream.seek(max(0, member.size - 4))
        tail = stream.read(4)
    if suffix in _TEXT_SUFFIXES:
        if head.startswith(_PARQUET) or b"\0" in head:
            raise _wrong(member, "delimited text", "binary content or UTF-16")
        return True
    if not head.startswith(_PARQUET):
        raise _wrong(member, "Parquet", "other content")
    if tail != _PARQUET or member.size < 12:
        raise _wrong(member, "whole Parquet", "a file that was cut short")
    return True


def _wrong(member: Member, promised: str, found: str) -> InputError:
    return InputError(
        where=f"file {member.ordinal}",
        what=f"the file isn't the {promised} file that its name promises",
        found=found,
        do="Export it again, as UTF-8 when it is text.",
    )
