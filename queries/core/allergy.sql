-- title:       Allergies
-- question:    Which allergies and intolerances were recorded for each person?
-- grain:       person_id, allergy_id
-- why:         The staging rows with the surrogate person id in place of the source's own, so that nothing
--     downstream holds a record number; without what is withheld.
select
    key.person_id,
    source.allergy_id,
    source.clinical_status,
    source.verification_status,
    source.codes,
    source.onset_start_at,
    source.onset_end_at,
    source.recorded_at
from staging.allergy as source
inner join core.person_key as key
    on
        source.data_source = key.data_source
        and source.source_person_id = key.source_person_id
anti join core.withheld_record as withheld
    on
        withheld.record_kind = 'allergy'
        and source.data_source = withheld.data_source
        and source.allergy_id = withheld.record_id
