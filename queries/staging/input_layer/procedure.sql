-- title:       Procedures in the input layer
-- grain:       data_source, procedure_id
-- why:         The input layer lists what was done, so a missing status means completed.
with procedure as (
    select
        *,
        coalesce(normalized_code, source_code) as code,
        case when normalized_code is not null then normalized_code_type else source_code_type end as code_type
    from raw.input_layer_procedure
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
    from procedure
)

select
    data_source,
    person_id as source_person_id,
    procedure_id,
    encounter_id,
    coalesce(lower(status), 'completed') as status,
    [] as status_reason_codes,
    [] as category_codes,
    case when code is null then [] else [{ 'system': code_system, 'code': code }] end as codes,
    [] as body_site_codes,
    [] as reason_codes,
    cast(procedure_date as timestamp) as performed_start_at,
    cast(procedure_date + time '23:59:59.999' as timestamp) as performed_end_at
from coded
