"""What each source can answer, derived from the rows it delivered."""

from __future__ import annotations

from dashboard.sources.model import Connection

# capability → (staging table, condition on its rows, why it is missing)
_EVIDENCE = {
    "enrolment": ("eligibility", "start_date is not null", "no coverage says when it began"),
    "medical_claims": ("medical_claim", "true", "no medical claims"),
    "paid_amounts": ("medical_claim", "coalesce(paid_usd, allowed_usd) is not null", "no claim states what was paid"),
    "outpatient": ("encounter", "encounter_class in ('ambulatory', 'virtual', 'home')", "no ambulatory visits"),
    "visits": ("encounter", "true", "no claim or encounter says what care was used"),
    "encounters": ("encounter", "true", "no encounters"),
    "labs": ("observation", "list_contains(category, 'laboratory')", "no laboratory results"),
    "vitals": ("observation", "list_contains(category, 'vital-signs')", "no vital signs"),
    "medications": ("medication", "true", "no medication orders or administrations"),
    "pharmacy": ("pharmacy_claim", "true", "no pharmacy claims"),
    "immunizations": ("immunization", "true", "no immunisations"),
}

# What also shows in medical claims; outpatient care by CMS's places of service.
_IN_CLAIMS = {
    "visits": "true",
    "outpatient": "place_of_service_code in ('02', '10', '11', '12', '19', '22', '49', '50', '71', '72')",
}


def capabilities(con: Connection) -> list[tuple[str, str, bool, str]]:
    """(data_source, capability, is_available, reason) for every source and capability; reason is '' when available.

    Reads the staging views, so it works after they exist and is the same for every format.
    """
    sources = [
        str(row[0]) for row in con.execute("select distinct data_source from staging.person order by 1").fetchall()
    ]
    rows = []
    for capability, (table, condition, reason) in _EVIDENCE.items():
        having = {source for source in sources if _has(con, source, table, condition)}
        if capability in _IN_CLAIMS:
            claims = _IN_CLAIMS[capability]
            having |= {s for s in sources if s not in having and _has(con, s, "medical_claim", claims)}
        rows += [(s, capability, s in having, "" if s in having else reason) for s in sources]
    return sorted(rows)


def _has(con: Connection, source: str, table: str, condition: str) -> bool:
    """Whether the source has such a row; the first one ends the search."""
    found = con.execute(f"select 1 from staging.{table} where data_source = $1 and ({condition}) limit 1", [source])
    return bool(found.fetchall())
