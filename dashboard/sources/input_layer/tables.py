"""The tables of the input layer: Tuva's names, the columns that are read, and which must be there.

Columns of our own that the synthetic population adds are optional for everyone: patient.language, race_source,
ethnicity_source, county_fips; eligibility.covers_medical, covers_pharmacy; claim_status and adjustment_type on
claims; type_code and type_code_system on encounters; category on conditions and observations; status on observations.
Names, addresses, telephone, e-mail and social security numbers are not listed, so they are never read.
"""

from __future__ import annotations

from dashboard.sources.delimited import table


def _numbered(prefix: str, count: int) -> str:
    return " ".join(f"{prefix}_{n}" for n in range(1, count + 1))


# Reversals and replacements share the claim's number: only a row that repeats its money and status too is a duplicate.
_VERSION = "claim_status adjustment_type paid_date paid_amount allowed_amount charge_amount"
# Medical and pharmacy cover of the same days may come as two rows.
_SPAN = "enrollment_start_date enrollment_end_date covers_medical covers_pharmacy"

TABLES = {
    one.name: one
    for one in (
        table("patient", "person_id", """
            text: person_id! sex* race race_source ethnicity ethnicity_source language state county county_fips zip_code
            day: birth_date=birth_date/birth_year/year_of_birth*
            last: death_date
            flag: death_flag
            text: age
            precision: birth_date
        """, subject="person"),
        table("eligibility", f"person_id member_id {_SPAN} payer plan", """
            text: person_id! member_id payer* payer_type plan
            day: enrollment_start_date! file_date
            last: enrollment_end_date*
            flag: covers_medical covers_pharmacy
        """, subject="enrolment"),
        table("medical_claim", f"claim_id claim_line_number {_VERSION} hcpcs_code", f"""
            text: claim_id! claim_type* person_id! member_id payer plan encounter_id
            int: claim_line_number!
            day: claim_start_date! claim_line_start_date admission_date
            last: claim_end_date claim_line_end_date discharge_date
            text: admit_source_code discharge_disposition_code place_of_service_code bill_type_code drg_code_type
            text: drg_code revenue_center_code hcpcs_code {_numbered("hcpcs_modifier", 5)}
            number: service_unit_quantity
            text: rendering_npi billing_npi facility_npi
            day: paid_date
            usd: paid_amount allowed_amount charge_amount
            text: diagnosis_code_type {_numbered("diagnosis_code", 25)}
            text: procedure_code_type {_numbered("procedure_code", 25)}
            text: claim_status adjustment_type
        """),
        table("pharmacy_claim", f"claim_id claim_line_number {_VERSION} ndc_code", """
            text: claim_id! person_id! member_id payer plan prescribing_provider_npi
            int: claim_line_number!
            day: dispensing_date! paid_date
            text: ndc_code* rxnorm_code claim_status adjustment_type
            number: quantity
            int: days_supply refills
            usd: paid_amount allowed_amount charge_amount
        """),
        table("encounter", "encounter_id", """
            text: encounter_id! person_id! encounter_type* type_code type_code_system status
            day: encounter_start_date!
            last: encounter_end_date
            int: length_of_stay
            text: discharge_disposition_code attending_provider_id facility_npi
            text: primary_diagnosis_code_type primary_diagnosis_code
        """),
        table("condition", "condition_id", """
            text: condition_id! person_id! encounter_id claim_id category condition_type status verification_status
            day: recorded_date onset_date
            last: resolved_date
            text: source_code_type source_code* normalized_code_type normalized_code
        """),
        table("procedure", "procedure_id", """
            text: procedure_id! person_id! encounter_id claim_id status
            day: procedure_date!
            text: source_code_type source_code* normalized_code_type normalized_code
        """),
        table("lab_result", "lab_result_id", """
            text: lab_result_id! person_id! encounter_id status
            text: source_component_type source_component_code normalized_component_type normalized_component_code
            text: source_order_type source_order_code normalized_order_type normalized_order_code
            text: result* source_units normalized_units
            at: collection_datetime result_datetime
        """),
        table("observation", "observation_id", """
            text: observation_id! person_id! encounter_id panel_id observation_type category status
            day: observation_date!
            text: source_code_type source_code* normalized_code_type normalized_code
            text: result source_units normalized_units
        """),
        table("medication", "medication_id", """
            text: medication_id! person_id! encounter_id status
            day: prescribing_date dispensing_date
            text: source_code_type source_code ndc_code rxnorm_code quantity_unit
            number: quantity
            int: days_supply
        """),
        table("immunization", "immunization_id", """
            text: immunization_id! person_id! encounter_id status status_reason
            day: occurrence_date!
            text: source_code_type source_code* normalized_code_type normalized_code
        """),
        table("practitioner", "practitioner_id", """
            text: practitioner_id! npi specialty practice_affiliation
        """),
        table("location", "location_id", """
            text: location_id! npi name facility_type parent_organization state
        """),
        table("provider_attribution", "person_id year_month payer plan", """
            text: person_id! year_month* payer plan
            text: payer_attributed_provider payer_attributed_provider_organization
            text: custom_attributed_provider custom_attributed_provider_organization
        """),
    )
}  # fmt: skip

# Of the input layer, but nothing reads them: their rows are counted as ignored.
UNUSED = frozenset({"appointment"})
