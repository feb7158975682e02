-- title:       Versions of the lines of claims that need settling
-- question:    How did each line of an adjusted claim come in, one version after another?
-- grain:       data_source, claim_id, line_number, version_number
-- why:         Every row delivered for the claims of core.irregular_claim, numbered in the order in which it took
--     effect: by paid date; on one day a reversal comes first, a replacement last. A row is a
--     reversal if its adjustment type or bill frequency 8 says so, or if one of its amounts is negative while the
--     line has other rows. It is a replacement by type, or by bill frequency 7. Amounts of a stated reversal count as
--     negative however they are signed. last_number is the line's last version that is no reversal,
--     replacement_number its last replacement.
with medical_claim as not materialized (
    select
        c.* exclude (member_id, plan, admit_source_code, service_unit_quantity),
        coalesce(c.claim_line_number, 1) as line_number,
        coalesce(c.adjustment_type, '') in ('reversal', 'void', 'cancellation')
        or coalesce(ends_with(c.bill_type_code, '8'), false) as is_stated_reversal,
        coalesce(c.adjustment_type, '') in ('replacement', 'adjustment')
        or coalesce(ends_with(c.bill_type_code, '7'), false) as is_stated_replacement,
        coalesce(least(c.paid_usd, c.allowed_usd, c.charge_usd) < 0, false) as is_negative
    from staging.medical_claim as c
    where coalesce(c.status, 'active') not in ('cancelled', 'draft', 'entered-in-error')
),

numbered as (
    select
        m.*,
        i.first_line_number,
        m.is_stated_reversal
        or (m.is_negative and count(*) over (partition by m.data_source, m.claim_id, m.line_number) > 1) as is_reversal,
        m.is_stated_replacement and not m.is_negative and not m.is_stated_reversal as is_replacement,
        -- What follows the fourth column only breaks ties.
        row_number() over (
            partition by m.data_source, m.claim_id, m.line_number
            order by
                m.paid_date nulls first, m.is_stated_reversal desc, m.is_negative desc, m.is_stated_replacement,
                m.charge_usd, m.allowed_usd, m.paid_usd, m.hcpcs_code, m.status, m.billing_id,
                m.claim_line_start_date, m.claim_start_date, m.revenue_center_code, m.place_of_service_code,
                m.rendering_id, m.source_person_id
        ) as version_number
    from medical_claim as m
    inner join core.irregular_claim as i on m.data_source = i.data_source and m.claim_id = i.claim_id
)

select
    n.* exclude (paid_usd, allowed_usd, charge_usd),
    n.paid_usd as delivered_paid_usd,
    case when n.is_stated_reversal then -abs(n.paid_usd) else n.paid_usd end as paid_usd,
    case when n.is_stated_reversal then -abs(n.allowed_usd) else n.allowed_usd end as allowed_usd,
    case when n.is_stated_reversal then -abs(n.charge_usd) else n.charge_usd end as charge_usd,
    max(case when n.is_replacement then n.version_number else 0 end) over line as replacement_number,
    max(case when n.is_reversal then 0 else n.version_number end) over line as last_number,
    bool_or(n.is_reversal or n.is_replacement) over line as is_settled_by_amount
from numbered as n
window line as (partition by n.data_source, n.claim_id, n.line_number)
