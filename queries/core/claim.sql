-- title:       Final medical claims
-- question:    What does each claim that stands say as a whole: its kind, dates, diagnoses and providers?
-- grain:       data_source, claim_id
-- why:         What is said once per claim is kept once per claim. It comes from line 1; in a claim that needs
--     settling (core.irregular_claim), from its first line that stands and isn't denied, latest payment first. A
--     claim is here if a line of it is in core.claim_line. is_denied means that no line of the claim was accepted.
with medical_claim as not materialized (
    select
        c.*,
        coalesce(c.claim_line_number, 1) as line_number
    from staging.medical_claim as c
    where coalesce(c.status, 'active') not in ('cancelled', 'draft', 'entered-in-error')
),

settled_claim as (
    select l.data_source, l.claim_id, l.claim_line_number, l.is_denied
    from core.claim_line as l
    semi join core.irregular_claim as i on l.data_source = i.data_source and l.claim_id = i.claim_id
    qualify row_number() over (
        partition by l.data_source, l.claim_id order by l.is_denied, l.claim_line_number
    ) = 1
),

settled_header as (
    select m.*
    from medical_claim as m
    inner join settled_claim as s
        on m.data_source = s.data_source and m.claim_id = s.claim_id and m.line_number = s.claim_line_number
    qualify row_number() over (
        partition by m.data_source, m.claim_id
        order by
            coalesce(m.status = 'denied', false) = s.is_denied desc, m.paid_date desc nulls last, m.charge_usd desc,
            m.allowed_usd desc, m.paid_usd desc
    ) = 1
),

header as (
    select m.*
    from medical_claim as m
    anti join core.irregular_claim as i on m.data_source = i.data_source and m.claim_id = i.claim_id
    where m.line_number = 1
    union all
    select s.*
    from settled_header as s
)

select
    k.person_id,
    h.data_source,
    h.claim_id,
    h.claim_type,
    h.encounter_id,
    coalesce(h.status = 'denied', false) as is_denied,
    h.payer,
    h.bill_type_code,
    h.drg_code,
    h.diagnosis_codes,
    h.diagnosis_system,
    h.procedure_codes,
    h.discharge_disposition_code,
    h.rendering_id,
    h.billing_id,
    h.facility_id,
    coalesce(h.claim_start_date, h.admission_date, h.claim_line_start_date) as claim_start_date,
    coalesce(
        h.claim_end_date, h.discharge_date, h.claim_start_date, h.claim_line_end_date, h.claim_line_start_date
    ) as claim_end_date,
    h.admission_date,
    h.discharge_date,
    h.paid_date
from header as h
inner join core.person_key as k on h.data_source = k.data_source and h.source_person_id = k.source_person_id
