"""Settling of claim lines: a slow, plain second implementation is the oracle, and no order of rows changes a result."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal

from claim_world import rows_of, world
from hypothesis import given, settings
from hypothesis import strategies as st

BUILT = (
    *("core.irregular_claim", "core.header_amount_source", "core.claim_line_version", "core.outpatient_claim_setting"),
    *(
        "core.service_category",
        "core.service_code",
        "core.visit_kind",
        "core.settled_line",
        "core.claim_line",
        "core.claim",
    ),
)
PERSON_KEY = {"data_source": "s1", "source_person_id": "P1", "person_id": 7}


@dataclass(frozen=True)
class Row:
    """One delivered row of a claim line; amounts in whole dollars, the same for paid, allowed and charged."""

    claim_id: str
    claim_line_number: int
    adjustment_type: str | None
    status: str
    paid_date: date
    amount: int


rows = st.builds(
    Row,
    claim_id=st.sampled_from(["A", "B"]),
    claim_line_number=st.integers(1, 3),
    adjustment_type=st.sampled_from([None, None, "original", "reversal", "replacement"]),
    status=st.sampled_from(["active", "active", "denied", "cancelled"]),
    paid_date=st.integers(0, 4).map(lambda days: date(2025, 1, 1) + timedelta(days)),
    amount=st.integers(-3, 3),
)


def staged(row: Row) -> dict[str, object]:
    """A row as a column of staging.medical_claim each."""
    amounts = dict.fromkeys(("paid_usd", "allowed_usd", "charge_usd"), row.amount)
    fields = {name: value for name, value in asdict(row).items() if name != "amount"}
    whose = {"data_source": "s1", "source_person_id": "P1", "claim_type": "professional"}
    return {**whose, "claim_start_date": date(2025, 1, 1), **fields, **amounts}


def built(delivered: list[Row], select: str) -> list[tuple[object, ...]]:
    """The rows of `select` over the claim tables, built by the files of queries/core over `delivered`."""
    given = {"core.person_key": [PERSON_KEY], "staging.medical_claim": [staged(row) for row in delivered]}
    with world(given, BUILT) as con:
        return rows_of(con, select)


def settled(versions: list[Row]) -> Decimal | None:
    """The oracle: what one line is worth once settled, null when it is gone. Follows claim_line.sql."""

    def is_reversal(row: Row) -> bool:
        return row.adjustment_type == "reversal" or (row.amount < 0 and len(versions) > 1)

    def is_replacement(row: Row) -> bool:
        return row.adjustment_type == "replacement" and row.amount >= 0

    def worth(row: Row) -> int:
        return -abs(row.amount) if row.adjustment_type == "reversal" else row.amount

    ordered = sorted(
        versions,
        key=lambda r: (
            r.paid_date,
            r.adjustment_type != "reversal",
            r.amount >= 0,
            r.adjustment_type == "replacement",
            r.amount,
            r.status,
        ),
    )
    standing = [row for row in ordered if not is_reversal(row)]
    replacements = [index for index, row in enumerate(ordered) if is_replacement(row)]
    if replacements:
        kept = ordered[replacements[-1] :]
    elif any(is_reversal(row) for row in ordered):
        kept = ordered
    else:
        kept = standing[-1:]
    total = sum(worth(row) for row in kept)
    reversals = sum(is_reversal(row) for row in kept)
    stands = bool(standing) and (total > 0 or 2 * reversals < len(kept))
    return Decimal(total) if stands else None


@settings(max_examples=100, deadline=None)
@given(delivered=st.lists(rows, max_size=8))
def test_lines_settle_as_the_plain_rule_says(delivered: list[Row]) -> None:
    lines: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in delivered:
        if row.status != "cancelled":
            lines[row.claim_id, row.claim_line_number].append(row)
    wanted = {key: value for key, versions in lines.items() if (value := settled(versions)) is not None}
    found = built(delivered, "select claim_id, claim_line_number, paid_usd from core.claim_line")
    assert {(claim, line): paid for claim, line, paid in found} == wanted
    assert len(found) == len(wanted)


@settings(max_examples=40, deadline=None)
@given(delivered=st.lists(rows, max_size=8), data=st.data())
def test_the_order_of_rows_changes_nothing(delivered: list[Row], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(delivered))
    for table in ("core.claim_line", "core.claim"):
        assert built(delivered, f"from {table}") == built(shuffled, f"from {table}")


@settings(max_examples=40, deadline=None)
@given(delivered=st.lists(rows, max_size=8))
def test_a_claim_is_there_exactly_if_a_line_of_it_is(delivered: list[Row]) -> None:
    lines = built(delivered, "select distinct claim_id from core.claim_line")
    assert built(delivered, "select claim_id from core.claim") == lines
