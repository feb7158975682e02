-- title:       Adverse events
-- question:    Which harms during care were recorded for each person?
-- grain:       person_id, adverse_event_id
-- why:         The staging rows with the surrogate person id in place of the source's own, so that nothing
--     downstream holds a record number; without what is withheld.
select
    key.person_id,
    source.adverse_event_id,
    source.actuality,
    source.codes,
    source.occurred_at
from staging.adverse_event as source
inner join core.person_key as key
    on
        source.data_source = key.data_source
        and source.source_person_id = key.source_person_id
anti join core.withheld_record as withheld
    on
        withheld.record_kind = 'adverse_event'
        and source.data_source = withheld.data_source
        and source.adverse_event_id = withheld.record_id
