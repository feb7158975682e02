"""What each source can answer: told by the rows it delivered, and by what its format can hold at all.

A figure that needs what a source doesn't have is not computable from it; it is never zero. Every figure and every
measure names the capabilities it needs.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from dashboard.sources.model import Connection

# CMS claim kinds: hospital inpatient bills are of type 11x or 41x; where no bill type is given, a DRG or an admission
# says so. Whatever else is billed is outpatient care.
_IS_INPATIENT = (
    "claim_type = 'institutional' and case when bill_type_code is not null then left(bill_type_code, 2) in ('11', '41')"
    " else drg_code is not null or admission_date is not null end"
)
_IS_OUTPATIENT = (
    "claim_type = 'professional' or (claim_type = 'institutional' and case when bill_type_code is not null"
    " then left(bill_type_code, 1) in ('1', '7', '8') and left(bill_type_code, 2) not in ('11', '18', '81', '82')"
    " else drg_code is null and admission_date is null end)"
)
_IS_SEEN = "encounter_class in ('ambulatory', 'virtual', 'home', 'emergency', 'observation')"
_STATED = "start_date is not null and coalesce(enrolment_basis, 'observed') <> 'inferred'"


@dataclass(frozen=True)
class Capability:
    """Something that figures may need.

    evidence: (staging table, SQL condition on its rows), any of which shows that a source has it;
    reason: why not, where it hasn't. How linked sources have it together is in queries/core/capability.sql.
    """

    name: str
    evidence: tuple[tuple[str, str], ...]
    reason: str


CAPABILITIES = (
    Capability("enrolment", (("eligibility", _STATED),), "no enrolment is stated"),
    Capability("monthly_enrolment", (("eligibility", f"{_STATED} and enrolment_basis is distinct from 'months_only'"),),
               "not stated in which months people were enrolled"),
    Capability("exact_dates", (), "dates of service are not given by day"),
    Capability("exact_birth_dates", (), "dates of birth are not given by day"),
    Capability("medical_claims", (("medical_claim", "true"),), "no medical claims"),
    Capability("inpatient_claims", (("medical_claim", _IS_INPATIENT),),
               "no inpatient claims"),
    Capability("outpatient_claims", (("medical_claim", _IS_OUTPATIENT),),
               "no outpatient claims"),
    Capability("paid_amounts", (("medical_claim", "paid_usd is not null"),),
               "no claim states what was paid"),
    Capability("allowed_amounts", (("medical_claim", "allowed_usd is not null"),),
               "no claim states what was allowed"),
    Capability("inpatient", (("encounter", "encounter_class = 'inpatient'"), ("medical_claim", _IS_INPATIENT)),
               "no inpatient claims or stays"),
    Capability("outpatient", (("encounter", _IS_SEEN), ("medical_claim", _IS_OUTPATIENT)),
               "no outpatient claims or visits"),
    Capability("emergency", (("encounter", _IS_SEEN), ("medical_claim", _IS_OUTPATIENT)),
               "no outpatient claims or visits"),
    Capability("visits", (("encounter", "true"), ("medical_claim", "true")),
               "no claim or encounter says what care was used"),
    Capability("encounters", (("encounter", "true"),), "no encounters"),
    Capability("diagnoses", (("condition", "true"), ("medical_claim", "len(diagnosis_codes) > 0")),
               "no diagnoses"),
    Capability("procedures", (("procedure", "true"), ("medical_claim", "hcpcs_code is not null")),
               "no procedures"),
    Capability("labs", (("observation", "list_contains(category, 'laboratory')"),),
               "no laboratory results"),
    Capability("vitals", (("observation", "list_contains(category, 'vital-signs')"),),
               "no vital signs"),
    Capability("imaging", (("observation", "list_contains(category, 'imaging')"),),
               "no imaging results"),
    Capability("medications", (("medication", "true"),),
               "no medication orders or administrations"),
    Capability("pharmacy", (("pharmacy_claim", "true"),), "no pharmacy claims"),
    Capability("immunizations", (("immunization", "true"),), "no immunisations"),
    Capability("county", (("person", "county_fips is not null"),), "nobody's county is given"),
    Capability("race", (("person", "race is not null"),), "nobody's race is given"),
    Capability("ethnicity", (("person", "ethnicity is not null"),), "nobody's ethnicity is given"),
    Capability("language", (("person", "language is not null"),), "nobody's language is given"),
)  # fmt: skip

NAMES = frozenset(capability.name for capability in CAPABILITIES)


# Capabilities that are there unless a file named no day: what is given, and where it stands in raw.coarse_date.
_DATED = {
    "exact_dates": ("dates of service", "subject = 'care'"),
    "exact_birth_dates": ("dates of birth", "subject = 'person' and column_name like 'birth%'"),
}


def capabilities(con: Connection) -> list[tuple[str, str, bool, str]]:
    """(data_source, capability, is_available, reason) for every source and capability; reason is '' when available.

    Reads the staging views, raw.data_source and raw.coarse_date, so it works after they exist and is the same for
    every format; the reason is the format's own where its module has one in LACKS.
    """
    formats = {
        str(name): str(of) for name, of in con.execute("select data_source, format from raw.data_source").fetchall()
    }
    named = con.execute("select distinct data_source from staging.person order by 1").fetchall()
    rows = []
    for capability in CAPABILITIES:
        for (source,) in named:
            is_available, reason = _judged(con, capability, str(source))
            if not is_available and capability.name not in _DATED:
                reason = _lacks(formats.get(str(source), "")).get(capability.name, reason)
            rows.append((str(source), capability.name, is_available, reason))
    return sorted(rows)


def _judged(con: Connection, capability: Capability, source: str) -> tuple[bool, str]:
    if capability.name in _DATED:
        what, condition = _DATED[capability.name]
        coarse = _precision(con, source, condition)
        return not coarse, f"{what} are given by {coarse} only" if coarse else ""
    if capability.name == "monthly_enrolment" and _precision(con, source, "subject = 'enrolment'") == "year":
        return False, "enrolment is given by year only"
    found = any(_has(con, source, table, condition) for table, condition in capability.evidence)
    return found, "" if found else capability.reason


def _precision(con: Connection, source: str, condition: str) -> str:
    """The coarsest precision of a source's dates that name no day: 'year', 'month', or '' where all name one."""
    query = (
        "select max(date_precision) from raw.coarse_date"
        f" where data_source = $1 and date_precision in ('year', 'month') and {condition}"
    )
    return con.execute(query, [source]).fetchall()[0][0] or ""  # year comes after month


def _lacks(format_name: str) -> dict[str, str]:
    """What a format can't hold, or holds only with more from the user, by capability and in words."""
    if not format_name:
        return {}
    module = importlib.import_module(f"dashboard.sources.{format_name}")
    return dict(getattr(module, "LACKS", {}))


def _has(con: Connection, source: str, table: str, condition: str) -> bool:
    """Whether the source has such a row; the first one ends the search."""
    found = con.execute(f"select 1 from staging.{table} where data_source = $1 and ({condition}) limit 1", [source])
    return bool(found.fetchall())
