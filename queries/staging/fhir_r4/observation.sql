-- title:       Observations in FHIR, with components as rows of their own
-- grain:       data_source, observation_id
-- why:         A blood pressure's two readings are components of one observation: each becomes a row that shares the
--              parent's person, time, status and category, so that a measure looks for codes in one place.
with observation as (
    select * from raw.fhir_r4_observation
),

whole as (
    select
        data_source,
        patient_id as source_person_id,
        id as observation_id,
        cast(null as varchar) as parent_observation_id,
        encounter_id,
        status,
        category,
        codes,
        body_site_codes,
        value_number,
        value_unit,
        value_codes,
        value_text,
        value_boolean,
        has_value,
        status_reason_codes,
        effective_start_at,
        effective_end_at,
        issued_at
    from observation
),

numbered as (
    select
        observation.*,
        unnest(components) as component,
        generate_subscripts(components, 1) as position
    from observation
    where len(components) > 0
),

part as (
    select
        data_source,
        patient_id as source_person_id,
        id || '#' || position as observation_id,
        id as parent_observation_id,
        encounter_id,
        status,
        category,
        component.codes as codes,
        body_site_codes,
        component.value_number as value_number,
        component.value_unit as value_unit,
        component.value_codes as value_codes,
        component.value_text as value_text,
        component.value_boolean as value_boolean,
        component.has_value as has_value,
        component.status_reason_codes as status_reason_codes,
        effective_start_at,
        effective_end_at,
        issued_at
    from numbered
)

select * from whole
union all
select * from part
