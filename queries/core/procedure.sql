-- title:       Procedures
-- question:    Which procedures were done, or recorded as not done, for each person?
-- grain:       person_id, procedure_id
-- why:         The staging rows with the surrogate person id in place of the source's own, so that nothing
--     downstream holds a record number; without what is withheld.
select
    key.person_id,
    source.procedure_id,
    source.encounter_id,
    source.status,
    source.status_reason_codes,
    source.category_codes,
    source.codes,
    source.body_site_codes,
    source.reason_codes,
    source.performed_start_at,
    source.performed_end_at
from staging.procedure as source
inner join core.person_key as key
    on
        source.data_source = key.data_source
        and source.source_person_id = key.source_person_id
anti join core.withheld_record as withheld
    on
        withheld.record_kind = 'procedure'
        and source.data_source = withheld.data_source
        and source.procedure_id = withheld.record_id
