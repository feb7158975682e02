-- title:       Encounters in Synthea's CSV files
-- grain:       data_source, encounter_id
-- why:         Synthea's classes become the common ones: wellness, ambulatory, outpatient and urgentcare are visits in
--     a clinic. A stay in a nursing facility or a hospice is no acute stay, so both are other. Times are written in
--     UTC and no file says where: they are kept as written, so a visit late in the evening can fall on the next day.
select
    e.data_source,
    e.patient as source_person_id,
    e.id as encounter_id,
    case lower(e.encounterclass)
        when 'wellness' then 'ambulatory'
        when 'ambulatory' then 'ambulatory'
        when 'outpatient' then 'ambulatory'
        when 'urgentcare' then 'ambulatory'
        when 'emergency' then 'emergency'
        when 'inpatient' then 'inpatient'
        when 'virtual' then 'virtual'
        when 'home' then 'home'
        else 'other'
    end as encounter_class,
    e.encounterclass as class_code,
    'finished' as status,
    case when e.code is null then [] else [{ 'system': 'SNOMEDCT', 'code': e.code }] end as type_codes,
    case when e.reasoncode is null then [] else [{ 'system': 'SNOMEDCT', 'code': e.reasoncode }] end as reason_codes,
    [] as discharge_disposition_codes,
    [] as location_codes,
    [] as diagnosis_condition_ids,
    e.start as start_at,
    e.stop as end_at,
    cast(e.start as date) as start_date,
    cast(e.stop as date) as end_date,
    e.organization as organization_id,
    e.provider as practitioner_id,
    cast(cast(e.stop as date) - cast(e.start as date) as integer) as length_of_stay_days
from raw.synthea_csv_encounters as e
