-- title:       Observations in Synthea's CSV files
-- grain:       data_source, observation_id
-- why:         Codes are LOINC, but for Synthea's own scores (QALY, DALY, QOLS). TYPE says whether the value is a
--     number; one that isn't becomes text. Two values of one code at one time are two observations. The unit null,
--     written as a word, is no unit. The answer to LOINC 56799-0 is the person's address: it is there but never read.
with observation as (
    select
        o.*,
        md5(concat_ws(
            '|', o.patient, coalesce(o.encounter, ''), o.code, o.date, coalesce(o.value, '')
        )) as observation_id,
        try_cast(replace(o.value, ',', '') as double) as number
    from raw.synthea_csv_observations as o
)

select
    o.data_source,
    o.patient as source_person_id,
    o.observation_id,
    cast(null as varchar) as parent_observation_id,
    o.encounter as encounter_id,
    'final' as status,
    case when o.category is null then [] else [lower(o.category)] end as category,
    [{
        'system': case
            when regexp_full_match(o.code, '[0-9]{1,7}-[0-9]') then 'LOINC'
            when regexp_full_match(o.code, '[0-9]{6,18}') then 'SNOMEDCT'
            else 'https://github.com/synthetichealth/synthea'
        end,
        'code': o.code
    }] as codes,
    [] as body_site_codes,
    case when coalesce(lower(o.type), 'numeric') = 'numeric' then o.number end as value_number,
    case when lower(o.units) <> 'null' then o.units end as value_unit,
    [] as value_codes,
    case
        when (lower(o.type) <> 'numeric' or o.number is null) and length(o.value) <= 80 then o.value
    end as value_text,
    cast(null as boolean) as value_boolean,
    o.value is not null or o.code = '56799-0' as has_value,
    [] as status_reason_codes,
    o.date as effective_start_at,
    o.date as effective_end_at,
    o.date as issued_at
from observation as o
