-- title:       Orders of services and devices
-- question:    Which services and devices were ordered for each person, or ordered not to be done?
-- grain:       person_id, request_type, request_id
-- why:         The staging rows with the surrogate person id in place of the source's own, so that nothing
--     downstream holds a record number; without what is withheld.
select
    key.person_id,
    source.request_id,
    source.request_type,
    source.encounter_id,
    source.status,
    source.status_reason_codes,
    source.intent,
    source.do_not_perform,
    source.category_codes,
    source.codes,
    source.reason_codes,
    source.authored_at
from staging.service_request as source
inner join core.person_key as key
    on
        source.data_source = key.data_source
        and source.source_person_id = key.source_person_id
anti join core.withheld_record as withheld
    on
        withheld.record_kind = 'service_request'
        and source.data_source = withheld.data_source
        and source.request_id = withheld.record_id
