"""What is read of ExplanationOfBenefit (header, lines and their adjudication, still nested) and of Claim (header).

`queries/staging/fhir_r4/medical_claim.sql` decides what is paid, allowed and charged, and how a line is dated.
The names that STU3 used before R4 (service, information) are accepted beside R4's, because published claim samples
still use them.
"""

from __future__ import annotations

from dashboard.sources.fhir_r4 import decode as d
from dashboard.sources.fhir_r4.decode import CODES, CONCEPT, Field

Parts = dict[str, tuple[str, str]]


def _structs(column: str, source: str, element: str, parts: Parts, *leaves: tuple[str, str]) -> Field:
    """A list of structs made from a JSON list; parts: name → (type, SQL over the element)."""
    packed = ", ".join(f'"{name}" := {sql}' for name, (_, sql) in parts.items())
    kind = ", ".join(f'"{name}" {kind}' for name, (kind, _) in parts.items())
    sql = f"coalesce(list_transform({source}, lambda {element}: struct_pack({packed})), [])"
    return d.custom(column, f"STRUCT({kind})[]", sql, *leaves)


def _symbols(concept: str) -> str:
    return f"coalesce(list_transform({concept}.coding, lambda c: c.code), []::VARCHAR[])"


def _all_symbols(concepts: str) -> str:
    listed = f"flatten(list_transform({concepts}, lambda t: list_transform(t.coding, lambda c: c.code)))"
    return f"coalesce({listed}, []::VARCHAR[])"


def _date(value: str, *, end: bool = False) -> str:
    return f"cast({d.instant_sql(value, end=end)} as date)"


def _paths(prefix: str, *leaves: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((f"{prefix}.{path}", kind) for path, kind in leaves)


_PERIOD = (("servicedPeriod.start", "VARCHAR"), ("servicedPeriod.end", "VARCHAR"), ("servicedDate", "VARCHAR"))

_MONEY_PARTS: Parts = {"category": ("VARCHAR[]", _symbols("a.category")), "amount_usd": ("DOUBLE", "a.amount.value")}
_MONEY_TYPE = 'STRUCT("category" VARCHAR[], "amount_usd" DOUBLE)[]'
_ADJUDICATION = (
    "coalesce(list_transform(i.adjudication, lambda a: struct_pack("
    + ", ".join(f'"{name}" := {sql}' for name, (_, sql) in _MONEY_PARTS.items())
    + ")), [])"
)

_ITEMS: Parts = {
    "line_number": ("INTEGER", "i.sequence"),
    "codes": (CODES, d.codings_sql('coalesce(i."productOrService".coding, i.service.coding)')),
    "revenue_code": ("VARCHAR", "i.revenue.coding[1].code"),
    "modifiers": ("VARCHAR[]", _all_symbols("i.modifier")),
    "place_code": ("VARCHAR", 'i."locationCodeableConcept".coding[1].code'),
    "quantity": ("DOUBLE", "i.quantity.value"),
    "encounter_id": ("VARCHAR", d.reference_sql("(i.encounter[1])")),
    "start_date": ("DATE", _date('coalesce(i."servicedPeriod"."start", i."servicedDate")')),
    "end_date": ("DATE", _date('coalesce(i."servicedPeriod"."end", i."servicedDate")', end=True)),
    "net_usd": ("DOUBLE", "i.net.value"),
    "adjudication": (_MONEY_TYPE, _ADJUDICATION),
}

_ITEM_LEAVES = _paths(
    "item[]",
    ("sequence", "INTEGER"),
    ("productOrService", CONCEPT),
    ("service", CONCEPT),
    ("revenue", d.SYMBOL),
    ("modifier[]", d.SYMBOL),
    ("locationCodeableConcept", d.SYMBOL),
    ("quantity.value", "DOUBLE"),
    ("encounter[]", d.REFERENCE),
    *_PERIOD,
    ("net", d.MONEY),
    ("adjudication[].category", d.SYMBOL),
    ("adjudication[].amount", d.MONEY),
)


def _diagnoses() -> Field:
    parts: Parts = {
        "sequence": ("INTEGER", "g.sequence"),
        "types": ("VARCHAR[]", _all_symbols("g.type")),
        "codes": (CODES, d.codings_sql('g."diagnosisCodeableConcept".coding', diagnosis=True)),
        "condition_id": ("VARCHAR", d.reference_sql('g."diagnosisReference"')),
        "drg_code": ("VARCHAR", 'g."packageCode".coding[1].code'),
    }
    leaves = _paths(
        "diagnosis[]",
        ("sequence", "INTEGER"),
        ("type[]", d.SYMBOL),
        ("diagnosisCodeableConcept", CONCEPT),
        ("diagnosisReference", d.REFERENCE),
        ("packageCode", d.SYMBOL),
    )
    return _structs("diagnoses", "r.diagnosis", "g", parts, *leaves)


def _procedures() -> Field:
    parts: Parts = {
        "sequence": ("INTEGER", "p.sequence"),
        "codes": (CODES, d.codings_sql('p."procedureCodeableConcept".coding')),
    }
    leaves = _paths("procedure[]", ("sequence", "INTEGER"), ("procedureCodeableConcept", CONCEPT))
    return _structs("procedures", "r.procedure", "p", parts, *leaves)


def _care_team() -> Field:
    parts: Parts = {
        "sequence": ("INTEGER", "t.sequence"),
        "role": ("VARCHAR", "t.role.coding[1].code"),
        "provider_id": ("VARCHAR", d.reference_sql("t.provider")),
    }
    leaves = _paths("careTeam[]", ("sequence", "INTEGER"), ("role", d.SYMBOL), ("provider", d.REFERENCE))
    return _structs("care_team", 'r."careTeam"', "t", parts, *leaves)


def _supporting_info() -> Field:
    parts: Parts = {
        "categories": ("VARCHAR[]", _symbols("s.category")),
        "code": ("VARCHAR", "s.code.coding[1].code"),
        "system": ("VARCHAR", "s.code.coding[1].system"),
        "start_date": ("DATE", _date('coalesce(s."timingPeriod"."start", s."timingDate")')),
        "end_date": ("DATE", _date('coalesce(s."timingPeriod"."end", s."timingDate")', end=True)),
        "quantity": ("DOUBLE", 's."valueQuantity".value'),
    }
    names = (
        ("category", d.SYMBOL),
        ("code", CONCEPT),
        ("timingPeriod.start", "VARCHAR"),
        ("timingPeriod.end", "VARCHAR"),
        ("timingDate", "VARCHAR"),
        ("valueQuantity.value", "DOUBLE"),
    )
    leaves = (*_paths("supportingInfo[]", *names), *_paths("information[]", *names))
    return _structs("supporting_info", 'coalesce(r."supportingInfo", r.information)', "s", parts, *leaves)


def _totals() -> Field:
    leaves = _paths("total[]", ("category", d.SYMBOL), ("amount", d.MONEY))
    return _structs("totals", "r.total", "a", _MONEY_PARTS, *leaves)


def _contained_payer() -> Field:
    """The payer's name when the Coverage lies inside the claim: such a Coverage states no period, so gives no span."""
    coverage = "list_filter(r.contained, lambda k: k.\"resourceType\" = 'Coverage')[1]"
    return d.custom(
        "contained_payer",
        "VARCHAR",
        f"coalesce({coverage}.payor[1].display, {coverage}.type.text)",
        ("contained[].resourceType", "VARCHAR"),
        ("contained[].payor[].display", "VARCHAR"),
        ("contained[].type.text", "VARCHAR"),
    )


EXPLANATION_OF_BENEFIT_FIELDS = (
    d.patient("patient"),
    d.text("status", "status"),
    d.text("use", "use"),
    d.codes("type_codes", "type"),
    d.codes("subtype_codes", "subType"),
    d.day("start_date", "billablePeriod.start"),
    d.custom("end_date", "DATE", _date('r."billablePeriod"."end"', end=True), ("billablePeriod.end", "VARCHAR")),
    d.day("created_date", "created"),
    d.reference("provider_id", "provider"),
    d.reference("facility_id", "facility"),
    d.reference("coverage_id", "insurance[].coverage"),
    d.custom("related_claim_id", "VARCHAR", d.reference_sql("(r.related[1].claim)"),
             ("related[].claim", d.REFERENCE)),
    _diagnoses(),
    _procedures(),
    _care_team(),
    _supporting_info(),
    _structs("items", "r.item", "i", _ITEMS, *_ITEM_LEAVES),
    d.text("outcome", "outcome"),
    d.reference("claim_id", "claim"),
    d.reference("insurer_id", "insurer"),
    d.reference("prescription_id", "prescription"),
    d.day("payment_date", "payment.date"),
    d.custom("payment_usd", "DOUBLE", "r.payment.amount.value", ("payment.amount", d.MONEY)),
    _totals(),
    _contained_payer(),
)  # fmt: skip

# A Claim is a bill: it is accounted for, and no table is made of it, so its lines aren't read.
CLAIM_FIELDS = (
    d.patient("patient"),
    d.text("status", "status"),
    d.text("use", "use"),
    d.codes("type_codes", "type"),
    d.day("start_date", "billablePeriod.start"),
    d.custom("total_usd", "DOUBLE", "r.total.value", ("total.value", "DOUBLE")),
)
