-- title:       Tasks
-- question:    Which requests were followed up, and were any turned down?
-- grain:       person_id, task_id
-- why:         The staging rows with the surrogate person id in place of the source's own, so that nothing
--     downstream holds a record number.
select
    key.person_id,
    source.task_id,
    source.status,
    source.intent,
    source.task_code,
    source.status_reason_codes,
    source.focus_id,
    source.authored_at
from staging.task as source
inner join core.person_key as key
    on
        source.data_source = key.data_source
        and source.source_person_id = key.source_person_id
