-- title:       Conditions
-- question:    Which diagnoses and problems were recorded for each person, and from when to when?
-- grain:       person_id, condition_id
-- why:         The staging rows with the surrogate person id in place of the source's own, so that nothing
--     downstream holds a record number; without what is withheld.
select
    key.person_id,
    source.condition_id,
    source.encounter_id,
    source.category,
    source.clinical_status,
    source.verification_status,
    source.codes,
    source.body_site_codes,
    source.onset_start_at,
    source.onset_end_at,
    source.abatement_start_at,
    source.abatement_end_at,
    source.recorded_at
from staging.condition as source
inner join core.person_key as key
    on
        source.data_source = key.data_source
        and source.source_person_id = key.source_person_id
anti join core.withheld_record as withheld
    on
        withheld.record_kind = 'condition'
        and source.data_source = withheld.data_source
        and source.condition_id = withheld.record_id
