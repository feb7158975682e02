-- Medical claim lines, each claim's versions after another. Amounts are signed by version; money of denied lines is 0.
with line as (
    select
        e.*,
        l.* exclude (template, version_set),
        c.payer,
        c.plan,
        c.paid_share,
        f.npi as facility_npi,
        r.npi as rendering_npi,
        e.end_date + e.lag_days + l.more_lag_days as paid_date,
        (
            l.allowed_cents * e.price * c.price_factor * (0.9 + ((e.h >> l.shift) & 63)::utinyint / 315.0)::float
        )::integer as cents,
        e.is_denied or (e.g >> l.shift) & 127 = 0 as is_line_denied
    from event as e
    inner join lookup.claim_line as l on e.template = l.template and e.version_set = l.version_set
    inner join lookup.plan as c on e.plan_number = c.plan_number
    inner join lookup.practitioner as f on e.care_organization = f.organization and f.place = 0
    inner join lookup.practitioner as r on e.care_organization = r.organization and e.care_place = r.place
    where ((e.h >> l.keep_shift) & 127) < l.keep_below
)

select
    claim_stem || claim_suffix as claim_id,
    line_number as claim_line_number,
    claim_type,
    person_id,
    payer,
    plan,
    start_date as claim_start_date,
    end_date as claim_end_date,
    least(start_date + copy_number, end_date) as claim_line_start_date,
    case when is_institutional then end_date else least(start_date + copy_number, end_date) end as claim_line_end_date,
    case when is_stay then start_date end as admission_date,
    case when is_stay then end_date end as discharge_date,
    case when is_stay then disposition end as discharge_disposition_code,
    place_of_service_code,
    bill_type_code,
    case when is_institutional and drg_code is not null then 'ms-drg'::vocabulary end as drg_code_type,
    case when is_institutional then drg_code end as drg_code,
    revenue_center_code,
    sign
    * case
        when is_institutional and copy_number = 0 and line_number = 1 then greatest(1, end_date - start_date) else 1
    end as service_unit_quantity,
    hcpcs_code,
    case when not is_institutional then rendering_npi end as rendering_npi,
    facility_npi as billing_npi,
    case when is_institutional then facility_npi end as facility_npi,
    paid_date,
    case when is_line_denied then 0 else (cents * paid_share)::integer end::decimal(9, 0) * 0.01 as paid_amount,
    case when is_line_denied then 0 else cents end::decimal(9, 0) * 0.01 as allowed_amount,
    (cents * charge_factor)::integer::decimal(9, 0) * 0.01 as charge_amount,
    'icd-10-cm'::vocabulary as diagnosis_code_type,
    diagnosis_code_1,
    diagnosis_code_2,
    diagnosis_code_3,
    case when is_stay and procedure_code is not null then 'icd-10-pcs'::vocabulary end as procedure_code_type,
    case when is_stay then procedure_code end as procedure_code_1,
    case when is_line_denied then 'denied'::claim_status else 'active'::claim_status end as claim_status,
    adjustment_type,
    'careparity_demo'::data_source as data_source
from line
where paid_date <= date '2026-01-31'
