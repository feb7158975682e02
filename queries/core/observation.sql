-- title:       Observations
-- question:    Which laboratory results, vital signs, answers and findings does each person have?
-- grain:       person_id, observation_id
-- why:         The staging rows with the surrogate person id in place of the source's own, so that nothing
--     downstream holds a record number; without what is withheld.
select
    key.person_id,
    source.observation_id,
    source.parent_observation_id,
    source.encounter_id,
    source.status,
    source.category,
    source.codes,
    source.body_site_codes,
    source.value_number,
    source.value_unit,
    source.value_codes,
    source.value_text,
    source.value_boolean,
    source.has_value,
    source.status_reason_codes,
    source.effective_start_at,
    source.effective_end_at,
    source.issued_at
from staging.observation as source
inner join core.person_key as key
    on
        source.data_source = key.data_source
        and source.source_person_id = key.source_person_id
anti join core.withheld_record as withheld
    on
        withheld.record_kind = 'observation'
        and source.data_source = withheld.data_source
        and coalesce(source.parent_observation_id, source.observation_id) = withheld.record_id
