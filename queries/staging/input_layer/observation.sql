-- title:       Laboratory results and observations in the input layer
-- grain:       data_source, observation_id
-- why:         The two share one table. Results are text in the input layer: those that are numbers become numbers.
with lab as (
    select
        data_source,
        person_id,
        lab_result_id as observation_id,
        encounter_id,
        status,
        ['laboratory'] as category,
        coalesce(
            normalized_component_code, source_component_code, normalized_order_code, source_order_code
        ) as code,
        case
            when normalized_component_code is not null then normalized_component_type
            when source_component_code is not null then source_component_type
            when normalized_order_code is not null then normalized_order_type
            else source_order_type
        end as code_type,
        result,
        coalesce(normalized_units, source_units) as unit,
        coalesce(collection_datetime, result_datetime) as effective_at,
        result_datetime as issued_at
    from raw.input_layer_lab_result
),

other as (
    select
        data_source,
        person_id,
        observation_id,
        encounter_id,
        status,
        case
            when category is not null then [category]
            when observation_type is not null then [replace(lower(observation_type), ' ', '-')]
            else []
        end as category,
        coalesce(normalized_code, source_code) as code,
        case when normalized_code is not null then normalized_code_type else source_code_type end as code_type,
        result,
        coalesce(normalized_units, source_units) as unit,
        cast(observation_date as timestamp) as effective_at,
        cast(null as timestamp) as issued_at
    from raw.input_layer_observation
),

coded as (
    select
        *,
        case
            when lower(code_type) = 'icd-10-cm' then 'ICD10CM'
            when lower(code_type) = 'icd-10-pcs' then 'ICD10PCS'
            when lower(code_type) in ('icd-9-cm', 'icd-9') then 'ICD9CM'
            when
                lower(code_type) in ('hcpcs', 'cpt')
                then case when code[1] between '0' and '9' then 'CPT' else 'HCPCS' end
            when lower(code_type) in ('snomed-ct', 'snomed', 'snomedct') then 'SNOMEDCT'
            when lower(code_type) in ('loinc', 'rxnorm', 'cvx', 'ndc') then upper(code_type)
            else code_type
        end as code_system
    from (
        select * from lab
        union all
        select * from other
    ) as both_kinds
)

select
    data_source,
    person_id as source_person_id,
    observation_id,
    cast(null as varchar) as parent_observation_id,
    encounter_id,
    coalesce(lower(status), 'final') as status,
    category,
    case when code is null then [] else [{ 'system': code_system, 'code': code }] end as codes,
    [] as body_site_codes,
    try_cast(result as double) as value_number,
    unit as value_unit,
    [] as value_codes,
    case when try_cast(result as double) is null and length(result) <= 80 then result end as value_text,
    cast(null as boolean) as value_boolean,
    result is not null as has_value,
    [] as status_reason_codes,
    effective_at as effective_start_at,
    -- A day without a time may mean any instant of it.
    case
        when effective_at = date_trunc('day', effective_at)
            then cast(cast(effective_at as date) + time '23:59:59.999' as timestamp)
        else effective_at
    end as effective_end_at,
    issued_at
from coded
