-- title:       Medical claim lines in the input layer
-- grain:       data_source, claim_id, claim_line_number, status, adjustment_type, paid_date, paid_usd,
--              allowed_usd, charge_usd, hcpcs_code
-- why:         Every version of a line is kept, reversals and replacements too; queries/core settles which stand.
--              The 25 diagnosis columns become one list in rank order. Most rows fill three:
--              longer lists only where needed.
with claim as (
    select
        *,
        case
            when coalesce(
                diagnosis_code_4, diagnosis_code_5, diagnosis_code_6, diagnosis_code_7, diagnosis_code_8,
                diagnosis_code_9, diagnosis_code_10, diagnosis_code_11, diagnosis_code_12, diagnosis_code_13,
                diagnosis_code_14, diagnosis_code_15, diagnosis_code_16, diagnosis_code_17,
                diagnosis_code_18, diagnosis_code_19, diagnosis_code_20, diagnosis_code_21,
                diagnosis_code_22, diagnosis_code_23, diagnosis_code_24, diagnosis_code_25
            ) is null then list_filter([diagnosis_code_1, diagnosis_code_2, diagnosis_code_3], lambda c: c is not null)
            else list_filter([
                diagnosis_code_1, diagnosis_code_2, diagnosis_code_3, diagnosis_code_4, diagnosis_code_5,
                diagnosis_code_6, diagnosis_code_7, diagnosis_code_8, diagnosis_code_9, diagnosis_code_10,
                diagnosis_code_11, diagnosis_code_12, diagnosis_code_13, diagnosis_code_14,
                diagnosis_code_15, diagnosis_code_16, diagnosis_code_17, diagnosis_code_18,
                diagnosis_code_19, diagnosis_code_20, diagnosis_code_21, diagnosis_code_22,
                diagnosis_code_23, diagnosis_code_24, diagnosis_code_25
            ], lambda c: c is not null)
        end as diagnoses,
        case
            when procedure_code_1 is null then []
            else list_filter([
                procedure_code_1, procedure_code_2, procedure_code_3, procedure_code_4, procedure_code_5,
                procedure_code_6, procedure_code_7, procedure_code_8, procedure_code_9, procedure_code_10,
                procedure_code_11, procedure_code_12, procedure_code_13, procedure_code_14,
                procedure_code_15, procedure_code_16, procedure_code_17, procedure_code_18,
                procedure_code_19, procedure_code_20, procedure_code_21, procedure_code_22,
                procedure_code_23, procedure_code_24, procedure_code_25
            ], lambda c: c is not null)
        end as procedures,
        case
            when hcpcs_modifier_1 is null then []
            else list_filter([
                hcpcs_modifier_1, hcpcs_modifier_2, hcpcs_modifier_3, hcpcs_modifier_4, hcpcs_modifier_5
            ], lambda c: c is not null)
        end as modifiers
    from raw.input_layer_medical_claim
)

select
    data_source,
    person_id as source_person_id,
    claim_id,
    claim_line_number,
    case lower(claim_type)
        when 'professional' then 'professional'
        when 'institutional' then 'institutional'
        when 'dental' then 'dental'
        when 'vision' then 'vision'
        else 'other'
    end as claim_type,
    encounter_id,
    member_id,
    payer,
    plan,
    claim_start_date,
    coalesce(claim_end_date, claim_start_date) as claim_end_date,
    coalesce(claim_line_start_date, claim_start_date) as claim_line_start_date,
    coalesce(claim_line_end_date, claim_line_start_date, claim_end_date, claim_start_date) as claim_line_end_date,
    admission_date,
    discharge_date,
    admit_source_code,
    case
        when length(discharge_disposition_code) = 1 then '0' || discharge_disposition_code
        else discharge_disposition_code
    end as discharge_disposition_code,
    case when length(place_of_service_code) = 1 then '0' || place_of_service_code else place_of_service_code end
        as place_of_service_code,
    -- Some write four digits with a leading zero.
    case when length(bill_type_code) = 4 then bill_type_code[2:] else bill_type_code end as bill_type_code,
    drg_code,
    case when length(revenue_center_code) = 3 then '0' || revenue_center_code else revenue_center_code end
        as revenue_center_code,
    upper(hcpcs_code) as hcpcs_code,
    modifiers as hcpcs_modifiers,
    service_unit_quantity,
    rendering_npi as rendering_id,
    billing_npi as billing_id,
    facility_npi as facility_id,
    paid_date,
    paid_amount as paid_usd,
    allowed_amount as allowed_usd,
    charge_amount as charge_usd,
    case
        -- A file writes all its codes with dots or none: the first that is long enough tells.
        when length(diagnoses[1]) > 3 and not contains(diagnoses[1], '.')
            then
                list_transform(diagnoses, lambda c: case
                    when length(c) <= 3 or contains(c, '.') then c
                    when lower(diagnosis_code_type) = 'icd-9-cm' and c[1] = 'E' then rtrim(c[:4] || '.' || c[5:], '.')
                    else c[:3] || '.' || c[4:]
                end)
        else diagnoses
    end as diagnosis_codes,
    case lower(diagnosis_code_type)
        when 'icd-10-cm' then 'ICD10CM'
        when 'icd-9-cm' then 'ICD9CM'
        else upper(diagnosis_code_type)
    end as diagnosis_system,
    case when coalesce(lower(procedure_code_type), 'icd-10-pcs') = 'icd-10-pcs' then procedures else [] end
        as procedure_codes,
    coalesce(lower(claim_status), 'active') as status,
    lower(adjustment_type) as adjustment_type
from claim
