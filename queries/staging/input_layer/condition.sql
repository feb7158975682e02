-- title:       Conditions in the input layer
-- grain:       data_source, condition_id
-- why:         Days become instants: an onset on a day begins with it and may lie anywhere in it.
--              ICD codes get their dot. A diagnosis of an encounter with neither status nor end is known to hold on
--              the day it was recorded, and no longer.
with condition as (
    select
        *,
        coalesce(normalized_code, source_code) as code,
        case when normalized_code is not null then normalized_code_type else source_code_type end as code_type
    from raw.input_layer_condition
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
        end as code_system,
        case
            when category is not null then [category]
            when lower(condition_type) in ('problem', 'problem list') then ['problem-list-item']
            when
                lower(condition_type) in (
                    'encounter diagnosis', 'discharge diagnosis', 'discharge_diagnosis', 'billing diagnosis'
                )
                then ['encounter-diagnosis']
            else []
        end as categories
    from condition
),

ended as (
    select
        *,
        case
            when list_contains(categories, 'encounter-diagnosis') and status is null and resolved_date is null
                then coalesce(recorded_date, onset_date)
            else resolved_date
        end as end_date
    from coded
)

select
    data_source,
    person_id as source_person_id,
    condition_id,
    encounter_id,
    categories as category,
    lower(status) as clinical_status,
    verification_status,
    case
        when code is null then []
        else [{
            'system': code_system,
            'code': case
                when code_system not in ('ICD10CM', 'ICD9CM') or contains(code, '.') or length(code) <= 3 then code
                when code_system = 'ICD9CM' and code[1] = 'E' then rtrim(code[:4] || '.' || code[5:], '.')
                else code[:3] || '.' || code[4:]
            end
        }]
    end as codes,
    [] as body_site_codes,
    cast(coalesce(onset_date, recorded_date) as timestamp) as onset_start_at,
    cast(coalesce(onset_date, recorded_date) + time '23:59:59.999' as timestamp) as onset_end_at,
    cast(end_date as timestamp) as abatement_start_at,
    cast(end_date + time '23:59:59.999' as timestamp) as abatement_end_at,
    cast(recorded_date as timestamp) as recorded_at
from ended
