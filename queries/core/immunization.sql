-- title:       Immunizations
-- question:    Which vaccines did each person get, or not get and why?
-- grain:       person_id, immunization_id
-- why:         The staging rows with the surrogate person id in place of the source's own, so that nothing
--     downstream holds a record number.
select
    key.person_id,
    source.immunization_id,
    source.encounter_id,
    source.status,
    source.status_reason_codes,
    source.codes,
    source.occurrence_at,
    source.recorded_at
from staging.immunization as source
inner join core.person_key as key
    on
        source.data_source = key.data_source
        and source.source_person_id = key.source_person_id
