-- title:       Medications
-- question:    Which medicines were ordered, given, handed out or reported for each person, and for how long?
-- grain:       person_id, event_type, medication_id
-- why:         The staging rows with the surrogate person id in place of the source's own, so that nothing
--     downstream holds a record number; without what is withheld.
select
    key.person_id,
    source.medication_id,
    source.event_type,
    source.encounter_id,
    source.status,
    source.status_reason_codes,
    source.intent,
    source.do_not_perform,
    source.category,
    source.codes,
    source.reason_codes,
    source.days_supply,
    source.quantity,
    source.quantity_unit,
    source.refills,
    source.dose_quantity,
    source.dose_unit,
    source.doses_per_day,
    source.authored_at,
    source.period_start_at,
    source.period_end_at,
    source.validity_start_at
from staging.medication as source
inner join core.person_key as key
    on
        source.data_source = key.data_source
        and source.source_person_id = key.source_person_id
anti join core.withheld_record as withheld
    on
        withheld.record_kind = 'medication'
        and source.data_source = withheld.data_source
        and source.medication_id = withheld.record_id
