-- title:       Adverse events in FHIR
-- grain:       data_source, adverse_event_id
select
    data_source,
    patient_id as source_person_id,
    id as adverse_event_id,
    actuality,
    codes,
    occurred_at
from raw.fhir_r4_adverse_event
