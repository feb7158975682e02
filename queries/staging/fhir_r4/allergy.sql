-- title:       Allergies and intolerances in FHIR
-- grain:       data_source, allergy_id
select
    data_source,
    patient_id as source_person_id,
    id as allergy_id,
    clinical_status,
    verification_status,
    codes,
    onset_start_at,
    onset_end_at,
    recorded_at
from raw.fhir_r4_allergy_intolerance
