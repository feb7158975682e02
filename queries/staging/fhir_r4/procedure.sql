-- title:       Procedures in FHIR
-- grain:       data_source, procedure_id
-- why:         Procedures that were not done are kept with their status and reason.
select
    data_source,
    patient_id as source_person_id,
    id as procedure_id,
    encounter_id,
    status,
    status_reason_codes,
    category_codes,
    codes,
    body_site_codes,
    reason_codes,
    performed_start_at,
    performed_end_at
from raw.fhir_r4_procedure
