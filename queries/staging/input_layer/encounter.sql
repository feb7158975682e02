-- title:       Encounters in the input layer
-- grain:       data_source, encounter_id
-- why:         Tuva's encounter types become classes; a type code, when given, is what measures look at.
with encounter as (
    select
        *,
        lower(encounter_type) as kind
    from raw.input_layer_encounter
),

classed as (
    select
        *,
        case
            when kind in ('emergency department', 'emergency') then 'EMER'
            when kind in ('acute inpatient', 'inpatient', 'inpatient psych', 'inpatient long term acute') then 'IMP'
            when kind like 'inpatient%' or kind like '%skilled nursing%' then 'NONAC'
            when kind = 'observation' then 'OBSENC'
            when kind like '%telehealth%' or kind = 'virtual' then 'VR'
            when kind like 'home health%' then 'HH'
            when kind like 'orphaned%' or kind like 'ambulance%' or kind like 'dme%' or kind like 'lab%' then null
            else 'AMB'
        end as class
    from encounter
)

select
    data_source,
    person_id as source_person_id,
    encounter_id,
    case class
        when 'EMER' then 'emergency'
        when 'IMP' then 'inpatient'
        when 'NONAC' then 'inpatient'
        when 'OBSENC' then 'observation'
        when 'VR' then 'virtual'
        when 'HH' then 'home'
        when 'AMB' then 'ambulatory'
        else 'other'
    end as encounter_class,
    class as class_code,
    coalesce(status, 'finished') as status,
    case
        when type_code is null then []
        else [{
            'system': case
                when lower(type_code_system) in ('hcpcs', 'cpt') and type_code[1] between '0' and '9' then 'CPT'
                when lower(type_code_system) in ('hcpcs', 'cpt') then 'HCPCS'
                when lower(type_code_system) in ('snomed-ct', 'snomed', 'snomedct') then 'SNOMEDCT'
                else upper(type_code_system)
            end,
            'code': type_code
        }]
    end as type_codes,
    case
        when primary_diagnosis_code is null then []
        else [{
            'system': case
                when lower(primary_diagnosis_code_type) = 'icd-9-cm' then 'ICD9CM'
                when lower(primary_diagnosis_code_type) in ('snomed-ct', 'snomed') then 'SNOMEDCT'
                else 'ICD10CM'
            end,
            'code': case
                when
                    contains(primary_diagnosis_code, '.') or length(primary_diagnosis_code) <= 3
                    or lower(primary_diagnosis_code_type) in ('snomed-ct', 'snomed') then primary_diagnosis_code
                when lower(primary_diagnosis_code_type) = 'icd-9-cm' and primary_diagnosis_code[1] = 'E'
                    then rtrim(primary_diagnosis_code[:4] || '.' || primary_diagnosis_code[5:], '.')
                else primary_diagnosis_code[:3] || '.' || primary_diagnosis_code[4:]
            end
        }]
    end as reason_codes,
    case
        when discharge_disposition_code is null then []
        else [{ 'system': 'NUBC', 'code': lpad(discharge_disposition_code, 2, '0') }]
    end as discharge_disposition_codes,
    [] as location_codes,
    [] as diagnosis_condition_ids,
    cast(encounter_start_date as timestamp) as start_at,
    cast(encounter_end_date + time '23:59:59.999' as timestamp) as end_at,
    encounter_start_date as start_date,
    encounter_end_date as end_date,
    facility_npi as organization_id,
    attending_provider_id as practitioner_id,
    coalesce(length_of_stay, cast(encounter_end_date - encounter_start_date as integer)) as length_of_stay_days
from classed
