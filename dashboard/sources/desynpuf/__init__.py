"""CMS DE-SynPUF, the synthetic Medicare claims of 2008 to 2010 → raw.desynpuf_*.

The beneficiary summary of any year and the inpatient, outpatient, carrier and prescription drug files of any sample,
as CMS publishes them: told by their columns, whatever they are called. Only the year of a beneficiary file isn't in
its columns: it is taken from the file's name, where CMS writes it, or from a column `year` if somebody added one.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from dashboard.sources import delimited
from dashboard.sources.desynpuf.tables import TABLES
from dashboard.sources.model import Connection, LoadContext, Member, Reconciliation

__all__ = ["LACKS", "NAME", "create", "detect", "load"]

NAME = "desynpuf"
LACKS = {
    "monthly_enrolment": "only the number of months a year is known",
    "labs": "DE-SynPUF holds no laboratory results",
    "vitals": "DE-SynPUF holds no vital signs",
    "imaging": "DE-SynPUF holds no results of imaging",
    "language": "DE-SynPUF states no language",
    "immunizations": "DE-SynPUF holds no immunisation records",
    "county": "no crosswalk of Social Security county codes was given (--area)",
}
"""Why this format can't answer something, by capability: in general, or without more from the user."""

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# Columns that no other file of claims has; the codes of the others are named after later versions of ICD.
_MARKS = frozenset({"desynpuf_id", "sp_state_code", "sp_alzhdmta", "icd9_dgns_cd_1", "icd9_prcdr_cd_1"})
_FEW = 4  # known columns that make a file one of these, besides a mark


def recognise(member: Member) -> str | None:
    """The table whose columns the file's header shows; None for other files.

    A header in which a column is missing or renamed is still recognised by the rest, so that the error can name it.
    """
    header = delimited.header_of(member.path)
    if not header & _MARKS:
        return None
    shared = {name: len(header & table.headers) for name, table in TABLES.items()}
    best = max(shared, key=lambda name: shared[name])
    return best if shared[best] >= _FEW else None


def _year(member: Member) -> dict[str, str]:
    """The one year that the file's name holds, as a column; nothing where it holds none or several."""
    years = set(_YEAR.findall(PurePosixPath(member.name).name))
    return {"year": years.pop()} if len(years) == 1 else {}


LAYOUT = delimited.Layout(
    NAME,
    TABLES,
    frozenset(),
    recognise=recognise,
    constants=_year,
    advice="Take the file as CMS publishes it, with its header and its name: the year of a beneficiary file stands in"
    " its name, as in DE1_0_2008_Beneficiary_Summary_File_Sample_1.csv.",
)


def detect(member: Member) -> bool:
    """Whether the file's header is that of a DE-SynPUF file."""
    return recognise(member) is not None


def create(con: Connection) -> None:
    """Create every raw.desynpuf_<table>, empty."""
    delimited.create(con, LAYOUT)


def load(context: LoadContext, members: list[Member]) -> list[Reconciliation]:
    """Load the files of one source. Raises InputError for missing columns, damage and other encodings."""
    return delimited.load(context, members, LAYOUT)
