-- title:       Final medical claim lines
-- question:    Which billed services stand once reversals, resent lines and cancelled claims are settled?
-- grain:       data_source, claim_id, claim_line_number
-- why:         Every cost taken from claims starts here. The rules: (1) Cancelled, draft and erroneous lines are
--     dropped. Denied lines stay, marked is_denied: they show that something happened, but no table adds up their
--     money or counts them as use. (2) A line that arrives more than once (core.claim_line_version) is settled into
--     one row. A replacement takes the place of what was paid before it; where nothing says reversal or replacement,
--     the row paid last stands. Amounts are the sum of what is left; other columns come from the last row that is no
--     reversal. The line stands if an amount above zero is left, or if fewer than half its rows are reversals; so a
--     lone negative line stands as it came. (3) Where a source repeats a claim's amounts on its lines
--     (core.header_amount_source), an institutional claim's amounts are counted on its first line only. What belongs
--     to the whole claim is in core.claim. Unsorted: sorting millions of rows costs more than it saves.
with medical_claim as not materialized (
    select
        c.*,
        coalesce(c.claim_line_number, 1) as line_number
    from staging.medical_claim as c
    where coalesce(c.status, 'active') not in ('cancelled', 'draft', 'entered-in-error')
),

settled_amount as (
    select
        v.data_source,
        v.claim_id,
        v.line_number,
        cast(sum(v.paid_usd) as decimal(12, 2)) as paid_usd,
        cast(sum(v.allowed_usd) as decimal(12, 2)) as allowed_usd,
        cast(sum(v.charge_usd) as decimal(12, 2)) as charge_usd
    from core.claim_line_version as v
    where v.version_number >= v.replacement_number and (v.is_settled_by_amount or v.version_number = v.last_number)
    group by v.data_source, v.claim_id, v.line_number
    having
        greatest(sum(v.paid_usd), sum(v.allowed_usd), sum(v.charge_usd)) > 0
        or 2 * count(*) filter (where v.is_reversal) < count(*)
),

final_line as (
    select
        m.data_source, m.source_person_id, m.claim_id, m.line_number, 1 as first_line_number, m.claim_type, m.status,
        m.hcpcs_code, m.hcpcs_modifiers, m.place_of_service_code, m.revenue_center_code, m.paid_usd, m.allowed_usd,
        m.charge_usd, m.claim_line_start_date, m.claim_line_end_date, m.claim_start_date, m.claim_end_date,
        m.admission_date, m.discharge_date, m.paid_date
    from medical_claim as m
    anti join core.irregular_claim as i on m.data_source = i.data_source and m.claim_id = i.claim_id
    -- A reversal on its own has nothing to take back here.
    where
        not coalesce(m.adjustment_type in ('reversal', 'void', 'cancellation'), false)
        and not coalesce(ends_with(m.bill_type_code, '8'), false)
    union all
    select
        v.data_source, v.source_person_id, v.claim_id, v.line_number, v.first_line_number, v.claim_type, v.status,
        v.hcpcs_code, v.hcpcs_modifiers, v.place_of_service_code, v.revenue_center_code, s.paid_usd, s.allowed_usd,
        s.charge_usd, v.claim_line_start_date, v.claim_line_end_date, v.claim_start_date, v.claim_end_date,
        v.admission_date, v.discharge_date, v.paid_date
    from core.claim_line_version as v
    inner join settled_amount as s
        on v.data_source = s.data_source and v.claim_id = s.claim_id and v.line_number = s.line_number
    where v.version_number = v.last_number
),

known_line as (
    select
        f.*,
        k.person_id,
        h.data_source is null or f.claim_type <> 'institutional' or f.line_number = f.first_line_number
            as has_own_amounts
    from final_line as f
    inner join core.person_key as k on f.data_source = k.data_source and f.source_person_id = k.source_person_id
    left join core.header_amount_source as h on f.data_source = h.data_source
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
    case when l.has_own_amounts then l.paid_usd end as paid_usd,
    case when l.has_own_amounts then l.allowed_usd end as allowed_usd,
    case when l.has_own_amounts then l.charge_usd end as charge_usd,
    coalesce(l.claim_line_start_date, l.claim_start_date, l.admission_date) as service_start_date,
    coalesce(
        l.claim_line_end_date, l.claim_line_start_date, l.claim_end_date, l.discharge_date, l.claim_start_date
    ) as service_end_date,
    l.paid_date
from known_line as l
