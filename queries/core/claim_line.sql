-- title:       Final medical claim lines
-- question:    Which billed services stand once reversals, resent lines and cancelled claims are settled?
-- grain:       data_source, claim_id, claim_line_number
-- why:         Every cost taken from claims starts here. The rules: (1) Cancelled, draft and erroneous lines are
--     dropped. Denied lines stay, marked is_denied: they show that something happened, but no table adds up their money
--     or counts them as use. (2) A line that arrives more than once (core.claim_line_version) is settled into one row
--     (core.settled_line); a reversal on its own is dropped. (3) Where a source repeats a claim's amounts on its lines
--     (core.header_amount_source), an institutional claim's amounts are counted on its first line only. (4) Each line
--     has one service category, the first of core.service_category that its claim, place or codes stand for
--     (core.outpatient_claim_setting, core.service_code); without a bill type, an institutional claim with a DRG, or
--     with both an admission and a discharge date, is inpatient; modifiers 95, 93, GT and GQ mean telehealth; surgical
--     codes (10004 to 69990, but for drawing blood) are outpatient surgery in the places 19 and 22. (5) visit_type is
--     the kind of visit that the line shows, null for none: laboratory work, images, equipment and a physician's round
--     in a hospital are no visits of their own. (6) organization_key is the organization that bills, else the
--     facility's, else that of who gave the service; is_primary_care: the latter gives primary care, or it was in a
--     health center (places 50 and 72, codes T1015 and G0466 to G0470, bill types 71x and 77x). A claim that a linked
--     source tells too (core.repeated_claim) is left out. What belongs to the whole claim is in core.claim. Unsorted:
--     sorting millions of rows costs more than it saves.
with medical_claim as not materialized (
    select
        c.*,
        coalesce(c.claim_line_number, 1) as line_number
    from staging.medical_claim as c
    where coalesce(c.status, 'active') not in ('cancelled', 'draft', 'entered-in-error')
),

final_line as (
    select
        m.data_source, m.source_person_id, m.claim_id, m.line_number, 1 as first_line_number, m.claim_type, m.status,
        m.bill_type_code, m.drg_code, m.hcpcs_code, m.hcpcs_modifiers, m.place_of_service_code, m.revenue_center_code,
        m.billing_id, m.facility_id, m.rendering_id,
        m.paid_usd, m.allowed_usd, m.charge_usd, m.claim_line_start_date, m.claim_line_end_date,
        m.claim_start_date, m.claim_end_date, m.admission_date, m.discharge_date, m.paid_date
    from medical_claim as m
    anti join core.irregular_claim as i on m.data_source = i.data_source and m.claim_id = i.claim_id
    -- A reversal on its own has nothing to take back here.
    where
        not coalesce(m.adjustment_type in ('reversal', 'void', 'cancellation'), false)
        and not coalesce(ends_with(m.bill_type_code, '8'), false)
    union all
    select
        s.data_source, s.source_person_id, s.claim_id, s.line_number, s.first_line_number, s.claim_type, s.status,
        s.bill_type_code, s.drg_code, s.hcpcs_code, s.hcpcs_modifiers, s.place_of_service_code, s.revenue_center_code,
        s.billing_id, s.facility_id, s.rendering_id,
        s.paid_usd, s.allowed_usd, s.charge_usd, s.claim_line_start_date, s.claim_line_end_date,
        s.claim_start_date, s.claim_end_date, s.admission_date, s.discharge_date, s.paid_date
    from core.settled_line as s
),

known_line as (
    select
        f.*,
        k.person_id,
        h.data_source is null or f.claim_type <> 'institutional' or f.line_number = f.first_line_number
            as has_own_amounts,
        coalesce(list_has_any(f.hcpcs_modifiers, ['95', '93', 'GT', 'GQ']), false) as is_remote
    from final_line as f
    inner join core.person_key as k on f.data_source = k.data_source and f.source_person_id = k.source_person_id
    left join core.header_amount_source as h on f.data_source = h.data_source
    anti join core.repeated_claim as g
        on g.record_kind = 'medical_claim' and f.data_source = g.data_source and f.claim_id = g.claim_id
    anti join core.withheld_record as w
        on w.record_kind = 'medical_claim' and f.data_source = w.data_source and f.claim_id = w.record_id
),

ranked as (
    select
        k.*,
        least(
            b.category_rank,
            case
                when
                    k.bill_type_code is null and k.claim_type = 'institutional'
                    and (k.drg_code is not null or (k.admission_date is not null and k.discharge_date is not null))
                    then cast(1 as tinyint)
            end,
            t.category_rank,
            p.category_rank,
            case when k.is_remote then cast(8 as tinyint) end,
            r.category_rank,
            case when h.is_surgery and k.place_of_service_code in ('19', '22') then cast(17 as tinyint) end,
            h.category_rank,
            case when k.claim_type = 'institutional' then cast(51 as tinyint) else cast(99 as tinyint) end
        ) as category_rank,
        coalesce(
            billing.organization_key, facility.organization_key, rendering.organization_key
        ) as organization_key,
        coalesce(
            d.is_primary_care or p.is_health_center or h.is_health_center or b.is_health_center, false
        ) as is_primary_care,
        least(r.visit_rank, h.visit_rank, p.visit_rank, case when k.is_remote then cast(3 as tinyint) end) as visit_rank
    from known_line as k
    left join core.outpatient_claim_setting as t on k.data_source = t.data_source and k.claim_id = t.claim_id
    left join core.service_code as b on b.code_kind = 'bill_type' and k.bill_type_code = b.code
    left join core.service_code as r on r.code_kind = 'revenue_center' and k.revenue_center_code = r.code
    left join core.service_code as h on h.code_kind = 'procedure' and k.hcpcs_code = h.code
    left join core.service_code as p on p.code_kind = 'place' and k.place_of_service_code = p.code
    left join core.provider_organization as billing
        on k.data_source = billing.data_source and k.billing_id = billing.provider_id
    left join core.provider_organization as facility
        on k.data_source = facility.data_source and k.facility_id = facility.provider_id
    left join core.provider_organization as rendering
        on k.data_source = rendering.data_source and k.rendering_id = rendering.provider_id
    left join core.provider_specialty as d on k.data_source = d.data_source and k.rendering_id = d.provider_id
)

select
    l.person_id,
    l.data_source,
    l.claim_id,
    l.line_number as claim_line_number,
    coalesce(l.status = 'denied', false) as is_denied,
    l.hcpcs_code,
    l.hcpcs_modifiers,
    l.place_of_service_code,
    l.revenue_center_code,
    l.organization_key,
    l.is_primary_care,
    c.service_category,
    v.visit_type,
    case when l.has_own_amounts then l.paid_usd end as paid_usd,
    case when l.has_own_amounts then l.allowed_usd end as allowed_usd,
    case when l.has_own_amounts then l.charge_usd end as charge_usd,
    coalesce(l.claim_line_start_date, l.claim_start_date, l.admission_date) as service_start_date,
    coalesce(
        l.claim_line_end_date, l.claim_line_start_date, l.claim_end_date, l.discharge_date, l.claim_start_date
    ) as service_end_date,
    l.paid_date
from ranked as l
left join core.service_category as c on l.category_rank = c.category_rank
left join core.visit_kind as v on case when c.is_visit or l.visit_rank <= 2 then l.visit_rank end = v.visit_rank
