-- title:       Immunisations in the input layer
-- grain:       data_source, immunization_id
with immunization as (
    select
        *,
        coalesce(normalized_code, source_code) as code,
        case when normalized_code is not null then normalized_code_type else source_code_type end as code_type
    from raw.input_layer_immunization
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
    from immunization
)

select
    data_source,
    person_id as source_person_id,
    immunization_id,
    encounter_id,
    coalesce(lower(status), 'completed') as status,
    [] as status_reason_codes,
    case when code is null then [] else [{ 'system': code_system, 'code': code }] end as codes,
    cast(occurrence_date as timestamp) as occurrence_at,
    cast(null as timestamp) as recorded_at
from coded
