"""FHIR R4: Bundles, single resources and Bulk Data NDJSON → raw.fhir_r4_*.

Documents are exploded to typed NDJSON (documents.py), so that one reader with explicit columns (resources.py,
decode.py) serves both. Then references are resolved, rows without an id or a patient are rejected, and of several
versions of a resource the latest is kept (load.py).
"""

from __future__ import annotations

from dashboard.errors import InputError
from dashboard.sources.fhir_r4.documents import BOM, record_types
from dashboard.sources.fhir_r4.load import create, load
from dashboard.sources.model import ForeignFileError, Member

__all__ = ["NAME", "create", "detect", "load"]

NAME = "fhir_r4"

_SUFFIXES = (".json", ".ndjson", ".jsonl")


def detect(member: Member) -> bool:
    """Whether a file is JSON, and so for this format to account for.

    Raises ForeignFileError when its name ends in .json or .ndjson but its content is something else, InputError when
    it may be JSON in UTF-16.
    """
    promised = member.name.lower().endswith(_SUFFIXES)
    with member.path.open("rb") as stream:
        head = stream.read(4096)
    start = head.removeprefix(BOM).lstrip()[:1]
    if member.size == 0 or (not start and promised):
        return promised
    if start in (b"{", b"["):
        return promised or record_types(member.path) is not None
    if promised:
        is_utf16 = head[:2] in (b"\xff\xfe", b"\xfe\xff")  # which may well be JSON
        kind, found = (InputError, "text that isn't UTF-8") if is_utf16 else (ForeignFileError, "something else")
        raise kind(
            where=f"file {member.ordinal}",
            what="the file isn't the JSON that its name promises",
            found=found,
            do="Export it again as UTF-8 JSON or NDJSON, or leave it out.",
        )
    return False
