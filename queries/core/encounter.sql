-- title:       Encounters
-- question:    Which visits and stays did each person have, of which class and type?
-- grain:       person_id, encounter_id
-- why:         The staging rows with the surrogate person id in place of the source's own, so that nothing
--     downstream holds a record number; without what is withheld.
select
    key.person_id,
    source.encounter_id,
    source.encounter_class,
    source.class_code,
    source.status,
    source.type_codes,
    source.reason_codes,
    source.discharge_disposition_codes,
    source.location_codes,
    source.diagnosis_condition_ids,
    source.organization_id,
    source.practitioner_id,
    source.length_of_stay_days,
    source.start_date,
    source.end_date,
    source.start_at,
    source.end_at
from staging.encounter as source
inner join core.person_key as key
    on
        source.data_source = key.data_source
        and source.source_person_id = key.source_person_id
anti join core.withheld_record as withheld
    on
        withheld.record_kind = 'encounter'
        and source.data_source = withheld.data_source
        and source.encounter_id = withheld.record_id
