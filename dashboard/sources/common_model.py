"""The staging tables: one shape for every source format.

Each format's `queries/staging/<format>/<table>.sql` must return exactly these columns in this order;
`staging.<table>` is the UNION ALL of them. Names follow the Tuva input layer.

Conventions
    codes       STRUCT("system" VARCHAR, code VARCHAR)[]: never null, empty when there is none; system is a short
                name (SNOMEDCT, ICD10CM, ICD10PCS, ICD9CM, CPT, HCPCS, LOINC, RXNORM, CVX, NDC, CDT) or, for any
                other, the URL as written; ICD diagnosis codes are dotted.
    *_at        TIMESTAMP, local wall time as written in the source (the offset is dropped, so the local date is
                its date part). Date-only and partial values: a start is the first instant, an end the last.
    *_id        bare identifiers of the source, to link rows; replaced by surrogates before anything is published.
    *_usd       DECIMAL(12,2), US dollars.
"""

from __future__ import annotations

from dataclasses import dataclass

CODES = 'STRUCT("system" VARCHAR, code VARCHAR)[]'
USD = "DECIMAL(12,2)"


@dataclass(frozen=True)
class Column:
    """A staging column: its name, DuckDB type and one-line meaning."""

    name: str
    type: str
    doc: str


def _columns(text: str, *, person: bool = True) -> tuple[Column, ...]:
    """Columns from lines `name | type | meaning`, after the keys that every table starts with."""
    keys = [Column("data_source", "VARCHAR", "which source the row came from; part of every key")]
    if person:
        keys.append(Column("source_person_id", "VARCHAR", "the person's identifier in that source"))
    named_types = {"codes": CODES, "usd": USD}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, kind, doc = (part.strip() for part in line.split("|"))
        keys.append(Column(name, named_types.get(kind, kind.upper()), doc))
    return tuple(keys)


TABLES: dict[str, tuple[Column, ...]] = {
    "person": _columns("""
        birth_date | date | date of birth; first day when only a year or month is known
        death_date | date | date of death, null when alive or when only the fact is known
        is_deceased | boolean | known to have died
        sex | varchar | female, male, other; null when unknown
        sex_code | varchar | US Core sex code (248152002 female, 248153007 male), when the record states it
        race | varchar | OMB category, Two or More Races, Other Race; null when unknown or declined
        race_source | varchar | where race came from: omb category, detailed code, text, claims code …
        ethnicity | varchar | Hispanic or Latino, Not Hispanic or Latino; null when unknown
        ethnicity_source | varchar | where ethnicity came from
        language | varchar | English name of the preferred language
        state | varchar | USPS abbreviation
        county_fips | varchar | five-digit county code
        zip_code | varchar | five-digit ZIP code, or its first three digits where no more is given
    """),
    "eligibility": _columns("""
        member_id | varchar | the plan's member identifier
        payer | varchar | name of the payer
        payer_type | varchar | commercial, medicare, medicaid, marketplace, self-insured, other …
        plan | varchar | name of the plan
        start_date | date | first covered day
        end_date | date | last covered day; null when open
        enrolment_basis | varchar | observed, inferred or months_only
        covers_medical | boolean | medical benefit
        covers_pharmacy | boolean | pharmacy benefit
    """),
    "encounter": _columns("""
        encounter_id | varchar | identifier of the encounter
        encounter_class | varchar | ambulatory, emergency, inpatient, observation, virtual, home, other
        class_code | varchar | class as written, such as EMER
        status | varchar | finished, planned, cancelled, entered-in-error …
        type_codes | codes | kinds of encounter
        reason_codes | codes | why it took place
        discharge_disposition_codes | codes | where the person went afterwards
        location_codes | codes | kinds of the locations visited
        diagnosis_condition_ids | varchar[] | conditions listed as its diagnoses
        start_at | timestamp | start
        end_at | timestamp | end; null when unknown
        start_date | date | local date of the start
        end_date | date | local date of the end
        organization_id | varchar | organisation responsible
        practitioner_id | varchar | first practitioner named
        length_of_stay_days | integer | days from start to end; null without both
    """),
    "condition": _columns("""
        condition_id | varchar | identifier of the condition
        encounter_id | varchar | encounter it was recorded in
        category | varchar[] | encounter-diagnosis, problem-list-item …
        clinical_status | varchar | active, recurrence, relapse, inactive, remission, resolved
        verification_status | varchar | confirmed, refuted, entered-in-error …; null when not stated
        codes | codes | what it is
        body_site_codes | codes | where in the body
        onset_start_at | timestamp | earliest onset
        onset_end_at | timestamp | latest onset
        abatement_start_at | timestamp | earliest end
        abatement_end_at | timestamp | latest end
        recorded_at | timestamp | when it was recorded
    """),
    "procedure": _columns("""
        procedure_id | varchar | identifier of the procedure
        encounter_id | varchar | encounter it was done in
        status | varchar | completed, not-done, entered-in-error …
        status_reason_codes | codes | why it was not done
        category_codes | codes | kind of procedure
        codes | codes | what was done
        body_site_codes | codes | where in the body
        reason_codes | codes | why it was done
        performed_start_at | timestamp | start
        performed_end_at | timestamp | end
    """),
    "observation": _columns("""
        observation_id | varchar | identifier; components are rows of their own with the parent's id and #n
        parent_observation_id | varchar | the observation a component belongs to
        encounter_id | varchar | encounter it was made in
        status | varchar | final, amended, corrected, preliminary, cancelled …
        category | varchar[] | laboratory, vital-signs, survey, imaging …
        codes | codes | what was observed
        body_site_codes | codes | where in the body
        value_number | double | number, in value_unit
        value_unit | varchar | UCUM code, else the unit as written
        value_codes | codes | coded value
        value_text | varchar | short text value; longer narrative is not read
        value_boolean | boolean | yes or no
        has_value | boolean | any value was given
        status_reason_codes | codes | why there is no value
        effective_start_at | timestamp | start of the time it is true for
        effective_end_at | timestamp | end of that time
        issued_at | timestamp | when it was made available
    """),
    "medication": _columns("""
        medication_id | varchar | identifier of the order, administration, dispense or statement
        event_type | varchar | request, administration, dispense, statement
        encounter_id | varchar | encounter it belongs to
        status | varchar | active, completed, stopped, not-done …
        status_reason_codes | codes | why it was stopped or not done
        intent | varchar | order, plan, proposal … (requests only)
        do_not_perform | boolean | a request not to give it; null when not stated
        category | varchar[] | inpatient, outpatient, community, discharge
        codes | codes | the drug
        reason_codes | codes | why it is given
        authored_at | timestamp | when it was written
        period_start_at | timestamp | start of dosing, of administration, or of the hand-over
        period_end_at | timestamp | end of it
        validity_start_at | timestamp | start of the dispense validity period
        days_supply | double | days the supply lasts, as stated
        quantity | double | quantity dispensed, in quantity_unit
        quantity_unit | varchar | unit of the quantity
        refills | integer | repeats allowed
        dose_quantity | double | amount per dose, in dose_unit
        dose_unit | varchar | unit of the dose
        doses_per_day | double | from the timing; null when it can't be known
    """),
    "immunization": _columns("""
        immunization_id | varchar | identifier of the dose
        encounter_id | varchar | encounter it was given in
        status | varchar | completed, not-done, entered-in-error
        status_reason_codes | codes | why it was not given
        codes | codes | the vaccine
        occurrence_at | timestamp | when it was given
        recorded_at | timestamp | when it was recorded
    """),
    "service_request": _columns("""
        request_id | varchar | identifier of the request
        request_type | varchar | service or device
        encounter_id | varchar | encounter it was made in
        status | varchar | active, completed, revoked …
        status_reason_codes | codes | why it was stopped or not to be done
        intent | varchar | order, plan, proposal …
        do_not_perform | boolean | a request not to do it; null when not stated
        category_codes | codes | kind of service
        codes | codes | what is asked for
        reason_codes | codes | why
        authored_at | timestamp | when it was written
    """),
    "allergy": _columns("""
        allergy_id | varchar | identifier of the allergy or intolerance
        clinical_status | varchar | active, inactive, resolved
        verification_status | varchar | confirmed, refuted, entered-in-error …
        codes | codes | the substance
        onset_start_at | timestamp | earliest onset
        onset_end_at | timestamp | latest onset
        recorded_at | timestamp | when it was recorded
    """),
    "adverse_event": _columns("""
        adverse_event_id | varchar | identifier of the event
        actuality | varchar | actual or potential
        codes | codes | the event
        occurred_at | timestamp | when it happened; when unknown, null
    """),
    "task": _columns("""
        task_id | varchar | identifier of the task
        status | varchar | requested, completed, rejected …
        intent | varchar | order, proposal …
        task_code | varchar | fulfill, approve …
        status_reason_codes | codes | why it has that status
        focus_id | varchar | identifier of the request it is about
        authored_at | timestamp | when it was written
    """),
    "medical_claim": _columns("""
        claim_id | varchar | identifier of the claim
        claim_line_number | integer | line within the claim
        claim_type | varchar | professional, institutional, dental, vision, other
        encounter_id | varchar | encounter it pays for, when stated
        member_id | varchar | the plan's member identifier
        payer | varchar | name of the payer
        plan | varchar | name of the plan
        claim_start_date | date | first day of service on the claim
        claim_end_date | date | last day of service on the claim
        claim_line_start_date | date | first day of service on the line
        claim_line_end_date | date | last day of service on the line
        admission_date | date | admission to the facility
        discharge_date | date | discharge from the facility
        admit_source_code | varchar | NUBC point of origin
        discharge_disposition_code | varchar | NUBC patient status at discharge
        place_of_service_code | varchar | CMS place of service, two digits
        bill_type_code | varchar | NUBC type of bill, three digits
        drg_code | varchar | MS-DRG
        revenue_center_code | varchar | NUBC revenue code, four digits
        hcpcs_code | varchar | HCPCS level I or II
        hcpcs_modifiers | varchar[] | up to five modifiers
        service_unit_quantity | double | units of service
        rendering_id | varchar | who gave the service
        billing_id | varchar | who billed it
        facility_id | varchar | where it was given
        paid_date | date | when it was paid
        paid_usd | usd | paid by the plan
        allowed_usd | usd | allowed: paid plus what the person owes
        charge_usd | usd | charged
        diagnosis_codes | varchar[] | in rank order, principal first
        diagnosis_system | varchar | ICD10CM, ICD9CM or another
        procedure_codes | varchar[] | ICD-10-PCS codes
        status | varchar | active, cancelled, denied
        adjustment_type | varchar | original, adjustment, reversal; null when not stated
    """),
    "pharmacy_claim": _columns("""
        claim_id | varchar | identifier of the claim
        claim_line_number | integer | line within the claim
        member_id | varchar | the plan's member identifier
        payer | varchar | name of the payer
        plan | varchar | name of the plan
        dispensing_date | date | day the drug was handed over
        ndc_code | varchar | eleven-digit NDC
        rxnorm_code | varchar | RxNorm concept, when given
        quantity | double | units dispensed
        days_supply | integer | days the supply lasts
        refills | integer | refills allowed, or fill number
        paid_date | date | when it was paid
        paid_usd | usd | paid by the plan
        allowed_usd | usd | allowed: paid plus what the person owes
        charge_usd | usd | charged
        prescriber_id | varchar | who prescribed it
    """),
    "attribution": _columns("""
        person_year | integer | year it holds for; null for all
        organization_id | varchar | organisation answerable for the person
        practitioner_id | varchar | practitioner answerable for the person
        start_date | date | first day it holds; null when only the year is known
        end_date | date | last day it holds
    """),
    "label": _columns(
        """
        record_kind | varchar | which table the record is in: medical_claim, pharmacy_claim, encounter, condition …
        record_id | varchar | identifier of the record
        encounter_id | varchar | encounter it belongs to
        label | varchar | code of a security label that the source put on it, such as R or ETH
    """,
        person=False,
    ),
    "organization": _columns(
        """
        organization_id | varchar | identifier of the organisation
        organization_name | varchar | its name
        organization_type | varchar | kind of organisation, as coded
        state | varchar | USPS abbreviation
        npi | varchar | national provider identifier
    """,
        person=False,
    ),
    "practitioner": _columns(
        """
        practitioner_id | varchar | identifier of the practitioner
        npi | varchar | national provider identifier
        specialty | varchar | specialty, as coded or named
        organization_id | varchar | organisation they work for
    """,
        person=False,
    ),
    "location": _columns(
        """
        location_id | varchar | identifier of the place
        location_name | varchar | its name
        facility_type | varchar | kind of facility, as coded or named
        organization_id | varchar | organisation that runs it
    """,
        person=False,
    ),
}


def empty_select(table: str) -> str:
    """A SELECT that returns no rows but exactly the columns of a staging table.

    >>> empty_select("practitioner")[:38]
    'select cast(null as VARCHAR) as data_s'
    """
    columns = ", ".join(f'cast(null as {column.type}) as "{column.name}"' for column in TABLES[table])
    return f"select {columns} where false"
