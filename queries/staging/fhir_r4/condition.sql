-- title:       Conditions in FHIR
-- grain:       data_source, condition_id
-- why:         Every status is kept, refuted and entered-in-error too: each measure says which it accepts.
select
    data_source,
    patient_id as source_person_id,
    id as condition_id,
    encounter_id,
    category,
    clinical_status,
    verification_status,
    codes,
    body_site_codes,
    onset_start_at,
    onset_end_at,
    abatement_start_at,
    abatement_end_at,
    recorded_at
from raw.fhir_r4_condition
