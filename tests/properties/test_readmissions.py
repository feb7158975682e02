"""Stays and readmissions: a slow, plain second implementation is the oracle, and no order or copy of rows matters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from claim_world import Rows, rows_of, world
from hypothesis import given, settings
from hypothesis import strategies as st

JANUARY = date(2025, 1, 1)
DATA_END = date(2025, 4, 30)
ACUTE_TRANSFER = ("02", "05")
DIED = ("20",)


@dataclass(frozen=True)
class Bill:
    """One hospital claim of person 7."""

    claim_id: str
    facility_id: str
    bill_type_code: str
    discharge_disposition_code: str
    start_date: date
    end_date: date
    is_chemotherapy: bool


def _bill(number: int, start: int, days: int, **fields: object) -> Bill:
    first = JANUARY + timedelta(start)
    return Bill(claim_id=f"C{number}", start_date=first, end_date=first + timedelta(days), **fields)  # type: ignore[arg-type]


bills = st.lists(
    st.builds(
        _bill,
        number=st.just(0),
        start=st.integers(0, 70),
        days=st.integers(0, 6),
        facility_id=st.sampled_from(["H1", "H1", "H2"]),
        bill_type_code=st.sampled_from(["111", "111", "112", "114", "131"]),
        discharge_disposition_code=st.sampled_from(["01", "01", "02", "07", "20", "30"]),
        is_chemotherapy=st.booleans(),
    ),
    max_size=7,
).map(lambda made: [replace(bill, claim_id=f"C{i}") for i, bill in enumerate(made)])
months = st.sets(st.integers(1, 5))


def claim(bill: Bill) -> dict[str, object]:
    """A bill as a row of staging.medical_claim."""
    return {
        **{"data_source": "s1", "source_person_id": "P1", "claim_id": bill.claim_id, "claim_line_number": 1},
        **{"claim_type": "institutional", "bill_type_code": bill.bill_type_code, "facility_id": bill.facility_id},
        **{"discharge_disposition_code": bill.discharge_disposition_code, "diagnosis_system": "ICD10CM"},
        **{"diagnosis_codes": ["Z51.11" if bill.is_chemotherapy else "I50.9"], "paid_usd": 10},
        **{"claim_start_date": bill.start_date, "claim_end_date": bill.end_date},
    }


def built(delivered: list[dict[str, object]], enrolled: set[int], select: str) -> Rows:
    """The rows of `select` over the tables from claims to readmissions; person 7 is enrolled in these months."""
    given_rows = {
        "core.person_key": [{"data_source": "s1", "source_person_id": "P1", "person_id": 7}],
        "core.person": [{"person_id": 7, "population": "p1"}],
        "core.use_basis": [{"data_source": "s1", "basis": "claim"}],
        "core.data_through": [{"data_source": "s1", "data_through_date": DATA_END}],
        "core.eligibility": [{"person_id": 7, "data_source": "s1", "enrolment_basis": "observed"}],
        "core.member_month": [
            {"person_id": 7, "year": 2025, "month": m, "has_medical": True, "enrolment_basis": "observed"}
            for m in enrolled
        ],
        "staging.medical_claim": delivered,
    }
    tables = (
        *("core.irregular_claim", "core.claim_line_version", "core.settled_line", "core.outpatient_claim_setting"),
        *(
            "core.service_category",
            "core.service_code",
            "core.visit_kind",
            "core.claim_line",
            "core.claim",
            "core.contact_day",
        ),
        *("core.stay_part", "core.stay", "core.visit", "core.planned_stay", "core.readmission"),
    )
    with world(given_rows, tables) as con:
        return rows_of(con, select)


def stays(delivered: list[Bill]) -> list[list[Bill]]:
    """The oracle of core.stay: bills that belong together, by walking through them."""
    chains: list[list[Bill]] = []
    inpatient = [bill for bill in delivered if bill.bill_type_code.startswith("11")]
    for bill in sorted(inpatient, key=lambda b: (b.start_date, b.end_date, b.claim_id)):
        if chains and belongs(bill, [earlier for chain in chains for earlier in chain]):
            chains[-1].append(bill)
        else:
            chains.append([bill])
    return chains


def belongs(bill: Bill, earlier: list[Bill]) -> bool:
    """Whether a bill continues what reached furthest before it."""
    end = max(b.end_date for b in earlier)
    if bill.start_date <= end:
        return True
    if bill.start_date > end + timedelta(1):
        return False
    return continues(furthest([b for b in earlier if b.end_date == end]), bill)


def furthest(ending: list[Bill]) -> Bill:
    """Of bills that end on one day, the one whose word counts: who left, who was sent on, the last facility."""
    return max(ending, key=lambda b: (has_left(b), b.discharge_disposition_code in ACUTE_TRANSFER, b.facility_id))


def has_left(bill: Bill) -> bool:
    return bill.bill_type_code != "112" and bill.discharge_disposition_code != "30"


def continues(before: Bill, bill: Bill) -> bool:
    sent = before.discharge_disposition_code in ACUTE_TRANSFER
    return not has_left(before) or sent or before.facility_id != bill.facility_id


def last_word(chain: list[Bill]) -> str:
    """Discharge status of the bill that ends last; of several, the one that began last."""
    return max(chain, key=lambda b: (b.end_date, b.start_date, b.discharge_disposition_code)).discharge_disposition_code


def is_planned(chain: list[Bill]) -> bool:
    """Whether the stay's first diagnosis is chemotherapy."""
    return min(chain, key=lambda b: (b.start_date, b.end_date, not_chemotherapy_first(b))).is_chemotherapy


def not_chemotherapy_first(bill: Bill) -> str:
    return "Z51.11" if bill.is_chemotherapy else "I50.9"


def readmissions(delivered: list[Bill], enrolled: set[int]) -> Rows:
    """The oracle of core.readmission: index day, whether an index stay, planned, readmitted."""
    chains = stays(delivered)
    found: Rows = []
    for chain, later in pairwise([*chains, None]):
        assert chain is not None
        end = max(b.end_date for b in chain)
        status = last_word(chain)
        day, covered = end, True
        while day <= end + timedelta(30):
            covered = covered and day.month in enrolled
            day += timedelta(1)
        out = status in (*DIED, *ACUTE_TRANSFER, "07", "30") or end + timedelta(30) > DATA_END or not covered
        soon = later is not None and min(b.start_date for b in later) <= end + timedelta(30)
        planned = is_planned(later) if soon and later is not None else None
        found.append((chain[0].start_date, not out, planned, not out and soon and not planned))
    return sorted(found, key=str)


@settings(max_examples=80, deadline=None)
@given(delivered=bills, enrolled=months)
def test_readmissions_are_those_of_the_plain_rule(delivered: list[Bill], enrolled: set[int]) -> None:
    select = "select index_start_date, is_index, is_planned, is_readmitted_30_days from core.readmission"
    found = built([claim(bill) for bill in delivered], enrolled, select)
    assert sorted(found, key=str) == readmissions(delivered, enrolled)


@settings(max_examples=8, deadline=None)
@given(delivered=bills, data=st.data())
def test_neither_order_nor_copies_of_rows_change_a_stay_or_visit(delivered: list[Bill], data: st.DataObject) -> None:
    rows = [claim(bill) for bill in delivered]
    copies = data.draw(st.lists(st.sampled_from(rows), max_size=3)) if rows else []
    shuffled = data.draw(st.permutations([*rows, *copies]))
    for table in ("core.claim_line", "core.claim", "core.stay", "core.visit"):
        assert built(rows, set(), f"from {table}") == built(shuffled, set(), f"from {table}")
