-- title:       Requests for services and devices in FHIR
-- grain:       data_source, request_type, request_id
select
    data_source,
    patient_id as source_person_id,
    id as request_id,
    'service' as request_type,
    encounter_id,
    status,
    status_reason_codes,
    intent,
    do_not_perform,
    category_codes,
    codes,
    reason_codes,
    authored_at
from raw.fhir_r4_service_request
union all
select
    data_source,
    patient_id as source_person_id,
    id as request_id,
    'device' as request_type,
    encounter_id,
    status,
    status_reason_codes,
    intent,
    do_not_perform,
    [] as category_codes,
    codes,
    reason_codes,
    authored_at
from raw.fhir_r4_device_request
