-- title:       Final medical claims
-- question:    What does each claim that stands say as a whole: its kind, dates, diagnoses and providers?
-- grain:       data_source, claim_id
-- why:         What is said once per claim is kept once per claim, from its line 1; in a claim that needs settling,
--     from the last version of its first line that stands. A claim is here if a line of it is in core.claim_line.
--     is_denied means that no line of the claim was accepted.
with settled_claim as (
    select
        l.data_source,
        l.claim_id,
        min(l.claim_line_number) as line_number
    from core.claim_line as l
    semi join core.irregular_claim as i on l.data_source = i.data_source and l.claim_id = i.claim_id
    group by l.data_source, l.claim_id
),

denied_line as (
    select l.data_source, l.claim_id
    from core.claim_line as l
    where l.is_denied
),

-- Claims of which some lines were denied and others accepted.
accepted_claim as (
    select distinct l.data_source, l.claim_id
    from core.claim_line as l
    semi join denied_line as d on l.data_source = d.data_source and l.claim_id = d.claim_id
    where not l.is_denied
),

header as (
    select
        m.data_source, m.source_person_id, m.claim_id, m.claim_type, m.encounter_id,
        m.status, m.payer, m.bill_type_code, m.drg_code, m.diagnosis_codes,
        m.diagnosis_system, m.procedure_codes, m.discharge_disposition_code, m.rendering_id, m.billing_id,
        m.facility_id, m.claim_line_start_date, m.claim_line_end_date, m.claim_start_date, m.claim_end_date,
        m.admission_date, m.discharge_date, m.paid_date
    from staging.medical_claim as m
    anti join core.irregular_claim as i on m.data_source = i.data_source and m.claim_id = i.claim_id
    where
        coalesce(m.claim_line_number, 1) = 1
        and coalesce(m.status, 'active') not in ('cancelled', 'draft', 'entered-in-error')
    union all
    select
        v.data_source, v.source_person_id, v.claim_id, v.claim_type, v.encounter_id,
        v.status, v.payer, v.bill_type_code, v.drg_code, v.diagnosis_codes,
        v.diagnosis_system, v.procedure_codes, v.discharge_disposition_code, v.rendering_id, v.billing_id,
        v.facility_id, v.claim_line_start_date, v.claim_line_end_date, v.claim_start_date, v.claim_end_date,
        v.admission_date, v.discharge_date, v.paid_date
    from core.claim_line_version as v
    inner join settled_claim as s
        on v.data_source = s.data_source and v.claim_id = s.claim_id and v.line_number = s.line_number
    where v.version_number = v.last_number
)

select
    k.person_id,
    h.data_source,
    h.claim_id,
    h.claim_type,
    h.encounter_id,
    coalesce(h.status = 'denied', false) and a.claim_id is null as is_denied,
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
left join accepted_claim as a on h.data_source = a.data_source and h.claim_id = a.claim_id
anti join core.withheld_record as w
    on w.record_kind = 'medical_claim' and h.data_source = w.data_source and h.claim_id = w.record_id
anti join core.repeated_claim as g
    on g.record_kind = 'medical_claim' and h.data_source = g.data_source and h.claim_id = g.claim_id
