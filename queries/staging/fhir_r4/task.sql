-- title:       Tasks in FHIR
-- grain:       data_source, task_id
-- why:         A rejected "fulfill" task voids the request it is about. Tasks often name no patient; the request does.
with subject as (
    select data_source, id, patient_id from raw.fhir_r4_medication_request
    union all
    select data_source, id, patient_id from raw.fhir_r4_service_request
    union all
    select data_source, id, patient_id from raw.fhir_r4_device_request
)

select
    task.data_source,
    coalesce(task.patient_id, subject.patient_id) as source_person_id,
    task.id as task_id,
    task.status,
    task.intent,
    task.task_code,
    task.status_reason_codes,
    task.focus_id,
    task.authored_at
from raw.fhir_r4_task as task
left join subject on subject.data_source = task.data_source and subject.id = task.focus_id
qualify row_number() over (partition by task.data_source, task.id order by subject.patient_id) = 1
