"""The 18 files of Synthea's CSV export: what is read of those that are used, and the columns that tell the others.

`never` are columns that aren't read at all: names, social security, licence and passport numbers, addresses, places of
birth, telephone numbers, and descriptions that repeat a code. A row without an identifier isn't rejected for it: only
a key, a person, a date or a code that must be there is (marked `!`).
"""

from __future__ import annotations

from dataclasses import replace

from dashboard.sources.delimited import Rule, table

_ADDRESS = "address city lat lon"
# LOINC: the answer to "What address do you live at?" is an address.
_ADDRESS_ANSWER = "trim(code) = '56799-0'"
_UNKNOWN_KIND = "upper(type) not in ('CHARGE', 'PAYMENT', 'ADJUSTMENT', 'TRANSFERIN', 'TRANSFEROUT')"

_TABLES = (
    table(
        "patients",
        "id",
        f"""
        text: id!
        day: birthdate! deathdate*?
        text: race* ethnicity* gender* state county fips zip
        never: ssn drivers passport prefix first middle last suffix maiden marital birthplace {_ADDRESS}
        never: healthcare_expenses healthcare_coverage income
    """,
        subject="person",
    ),
    table(
        "payer_transitions",
        "patient memberid start end payer secondary_payer ownership",
        """
        text: patient! memberid payer!
        at: start=start_date/start_year!
        until: end=end_date/end_year*?
        text: secondary_payer ownership=plan_ownership/ownership
        never: ownername owner_name
    """,
        subject="enrolment",
    ),
    table(
        "payers",
        "id",
        """
        text: id! name! ownership
        never: address city state_headquartered zip phone amount_covered amount_uncovered revenue covered_encounters
        never: uncovered_encounters covered_medications uncovered_medications covered_procedures
        never: uncovered_procedures covered_immunizations uncovered_immunizations unique_customers qols_avg
        never: member_months
    """,
    ),
    table(
        "encounters",
        "id",
        """
        text: id! patient! organization provider payer encounterclass!
        at: start! stop*?
        code: code*? reasoncode?
        never: description reasondescription base_encounter_cost total_claim_cost payer_coverage
    """,
    ),
    table(
        "conditions",
        "patient encounter code start",
        """
        text: patient! encounter
        text: system
        code: code!
        at: start! stop*?
        never: description
    """,
    ),
    table(
        "procedures",
        "patient encounter code start stop",
        """
        text: patient! encounter system
        code: code! reasoncode?
        at: start=start/date! stop?
        never: description base_cost reasondescription
    """,
    ),
    replace(
        table(
            "observations",
            "patient encounter code date value",
            """
            text: patient! encounter category
            code: code!
            text: value* units type
            at: date!
            never: description
        """,
        ),
        hidden={"value": _ADDRESS_ANSWER},
    ),
    table(
        "medications",
        "patient encounter code start stop dispenses",
        """
        text: patient! payer encounter
        code: code! reasoncode?
        at: start! stop*?
        int: dispenses?
        never: description base_cost payer_coverage totalcost reasondescription
    """,
    ),
    table(
        "immunizations",
        "patient encounter code date",
        """
        text: patient! encounter
        code: code!
        at: date!
        never: description base_cost
    """,
    ),
    table(
        "allergies",
        "patient encounter code start",
        """
        text: patient! encounter system
        code: code!
        at: start! stop*?
        text: type category
        never: description reaction1 description1 severity1 reaction2 description2 severity2
    """,
    ),
    table(
        "organizations",
        "id",
        f"""
        text: id! name! state
        never: {_ADDRESS} zip phone revenue utilization
    """,
    ),
    table(
        "providers",
        "id",
        f"""
        text: id! organization* speciality*
        never: name gender {_ADDRESS} state zip utilization encounters procedures
    """,
    ),
    table(
        "claims",
        "id",
        """
        text: id! patientid! providerid primarypatientinsuranceid* secondarypatientinsuranceid appointmentid*
        code: diagnosis1?
        code: diagnosis2? diagnosis3? diagnosis4? diagnosis5? diagnosis6? diagnosis7? diagnosis8?
        at: servicedate!
        text: status1
        code: healthcareclaimtypeid1*?
        never: departmentid patientdepartmentid referringproviderid currentillnessdate supervisingproviderid status2
        never: statusp outstanding1 outstanding2 outstandingp lastbilleddate1 lastbilleddate2 lastbilleddatep
        never: healthcareclaimtypeid2
    """,
    ),
    replace(
        table(
            "claims_transactions",
            "id",
            """
        text: id! claimid! patientid! type! method transfertype placeofservice providerid
        number: chargeid! units?
        code: procedurecode?
        usd: amount? payments? adjustments? transfers? outstanding?
        at: fromdate*? todate?
        never: modifier1 modifier2 diagnosisref1 diagnosisref2 diagnosisref3 diagnosisref4 departmentid notes
        never: unitamount transferoutid appointmentid linenote patientinsuranceid feescheduleid
        never: supervisingproviderid
        """,
        ),
        rules=(Rule("type is none of the five kinds of transaction", _UNKNOWN_KIND),),
    ),
)

TABLES = {one.name: one for one in _TABLES}

# Of the export, but nothing reads them: their rows are counted as ignored.
UNUSED = {
    name: frozenset(columns.split())
    for name, columns in {
        "careplans": "id start stop patient encounter code description reasoncode reasondescription",
        "devices": "start stop patient encounter code description udi",
        "imaging_studies": "id date patient encounter series_uid bodysite_code bodysite_description modality_code"
        " modality_description instance_uid sop_code sop_description procedure_code",
        "supplies": "date patient encounter code description quantity",
    }.items()
}
