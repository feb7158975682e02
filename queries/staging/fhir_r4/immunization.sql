-- title:       Immunisations in FHIR
-- grain:       data_source, immunization_id
select
    data_source,
    patient_id as source_person_id,
    id as immunization_id,
    encounter_id,
    status,
    status_reason_codes,
    codes,
    occurrence_at,
    recorded_at
from raw.fhir_r4_immunization
