"""Nothing reads care past what is withheld: every table made from delivered claims and records leaves it out."""

from __future__ import annotations

import pytest

from dashboard.warehouse import catalog
from dashboard.warehouse.catalog import QueryFile

CARE = {
    f"staging.{name}"
    for name in ("medical_claim", "pharmacy_claim", "encounter", "condition", "procedure", "observation", "medication")
} | {"staging.service_request", "staging.allergy", "staging.adverse_event"}
# What may read it all the same, and why: nothing of a person's care leaves by it.
ALLOWED = {
    "core.withheld_record": "says what is withheld",
    "core.irregular_claim": "numbers of claims, settled by core.claim_line and core.claim",
    "core.irregular_fill": "numbers of fills, settled by core.pharmacy_line",
    "core.repeated_claim": "numbers of claims that are left out themselves",
    "core.claim_line_version": "rows of those claims, settled by core.claim_line and core.claim",
    "core.outpatient_claim_setting": "numbers of claims, used by core.claim_line",
    "core.header_amount_source": "one row a source",
    "core.use_basis": "counts a source",
    "core.load_count": "rows delivered by source and month",
    "core.data_through": "the last day of a source",
    "core.eligibility": "months of sources without enrolment, which no rate divides by",
    "core.service_code": "codes, and what kind of service each is",
}
CATALOG = catalog.load()
READERS = {name: [f for f in CATALOG.files if name in f.reads] for name in CATALOG.tables}
FILES = [file for file in CATALOG.files if file.schema not in {"staging", "checks"} and file.reads & CARE]


def is_for_checks(name: str) -> bool:
    """Whether checks alone read a table, or what is made from it: they count what was delivered."""
    readers = READERS.get(name, [])
    return bool(readers) and all(f.schema == "checks" or is_for_checks(f.full_name) for f in readers)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.full_name)
def test_no_table_reads_care_past_what_is_withheld(file: QueryFile) -> None:
    if file.full_name not in ALLOWED and not is_for_checks(file.full_name):
        assert "core.withheld_record" in file.reads, "leave out what is in core.withheld_record"


def test_every_exception_is_there() -> None:
    assert set(ALLOWED) <= {file.full_name for file in FILES}
