-- title:       Encounters in FHIR
-- grain:       data_source, encounter_id
-- why:         The class is a v3 ActCode; each maps to one kind of visit that pages and cubes count.
with encounter as (
    select * from raw.fhir_r4_encounter
),

place as (
    select
        visited.data_source,
        visited.id,
        flatten(list(location.type_codes)) as location_codes
    from (
        select
            data_source,
            id,
            unnest(location_ids) as location_id
        from encounter
    ) as visited
    join raw.fhir_r4_location as location
        on location.data_source = visited.data_source and location.id = visited.location_id
    group by visited.data_source, visited.id
),

final as (
    select
        encounter.data_source,
        encounter.patient_id as source_person_id,
        encounter.id as encounter_id,
        case upper(encounter.class_code)
            when 'AMB' then 'ambulatory'
            when 'EMER' then 'emergency'
            when 'IMP' then 'inpatient'
            when 'ACUTE' then 'inpatient'
            when 'NONAC' then 'inpatient'
            when 'OBSENC' then 'observation'
            when 'VR' then 'virtual'
            when 'HH' then 'home'
            -- Names instead of codes, as some exports write them.
            when 'AMBULATORY' then 'ambulatory'
            when 'OUTPATIENT' then 'ambulatory'
            when 'WELLNESS' then 'ambulatory'
            when 'URGENTCARE' then 'ambulatory'
            when 'EMERGENCY' then 'emergency'
            when 'INPATIENT' then 'inpatient'
            else 'other'
        end as encounter_class,
        encounter.class_code,
        encounter.status,
        encounter.type_codes,
        encounter.reason_codes,
        encounter.discharge_disposition_codes,
        coalesce(place.location_codes, []) as location_codes,
        coalesce(encounter.diagnosis_condition_ids, []) as diagnosis_condition_ids,
        encounter.start_at,
        encounter.end_at,
        cast(encounter.start_at as date) as start_date,
        cast(encounter.end_at as date) as end_date,
        encounter.organization_id,
        encounter.practitioner_id,
        cast(cast(encounter.end_at as date) - cast(encounter.start_at as date) as integer) as length_of_stay_days
    from encounter
    left join place on place.data_source = encounter.data_source and place.id = encounter.id
)

select * from final
