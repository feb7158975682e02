-- title:       Final medical claim lines
-- question:    Which billed services stand once reversals, resent lines and cancelled claims are settled?
-- grain:       data_source, claim_id, claim_line_number
-- why:         Every cost taken from claims starts here. The rules: (1) Cancelled, draft and erroneous lines are
--     dropped. Denied lines stay, marked is_denied: they show that something happened, but no table adds up their
--     money or counts them as use. (2) A line that arrives more than once is settled into one row. A row is a
--     reversal if its adjustment type or bill frequency 8 says so, or if one of its amounts is negative while the
--     line has other rows. A replacement (by type, or bill frequency 7) takes the place of what was paid before it;
--     where nothing says reversal or replacement, the row paid last stands. Amounts are the sum of what is left;
--     other columns come from the last row that is no reversal. The line stands if an amount above zero is left, or
--     if fewer than half its rows are reversals; so a lone negative line stands as it came. (3) Where a source
--     repeats a claim's amounts on its lines (core.header_amount_source), an institutional claim's amounts are
--     counted on its line 1 only. (4) service_category is told by the line alone: the room or department (revenue
--     center), else the place. What belongs to the whole claim is in core.claim. Unsorted: sorting millions of rows
--     costs more than it saves.
with medical_claim as not materialized (
    select
        c.*,
        coalesce(c.claim_line_number, 1) as line_number,
        coalesce(c.adjustment_type, '') in ('reversal', 'void', 'cancellation')
        or coalesce(right(c.bill_type_code, 1) = '8', false) as is_stated_reversal,
        coalesce(c.adjustment_type, '') in ('replacement', 'adjustment')
        or coalesce(right(c.bill_type_code, 1) = '7', false) as is_stated_replacement,
        coalesce(least(c.paid_usd, c.allowed_usd, c.charge_usd) < 0, false) as is_negative
    from staging.medical_claim as c
    where coalesce(c.status, 'active') not in ('cancelled', 'draft', 'entered-in-error')
),

line_row as (
    select
        m.*,
        case when m.is_stated_reversal then -abs(m.paid_usd) else m.paid_usd end as signed_paid_usd,
        case when m.is_stated_reversal then -abs(m.allowed_usd) else m.allowed_usd end as signed_allowed_usd,
        case when m.is_stated_reversal then -abs(m.charge_usd) else m.charge_usd end as signed_charge_usd,
        m.is_stated_reversal
        or (m.is_negative and count(*) over (partition by m.data_source, m.claim_id, m.line_number) > 1) as is_reversal,
        m.is_stated_replacement and not m.is_negative and not m.is_stated_reversal as is_replacement,
        -- On one day a reversal comes before the row that replaces what it took back; the rest only breaks ties.
        row_number() over (
            partition by m.data_source, m.claim_id, m.line_number
            order by
                m.paid_date nulls first, m.is_stated_reversal desc, m.is_negative desc, m.charge_usd, m.allowed_usd,
                m.paid_usd, m.hcpcs_code, m.status
        ) as version_number
    from medical_claim as m
    semi join core.irregular_claim as i on m.data_source = i.data_source and m.claim_id = i.claim_id
),

line_version as (
    select
        r.*,
        max(case when r.is_replacement then r.version_number else 0 end) over line as replacement_number,
        max(case when not r.is_reversal then r.version_number else 0 end) over line as last_number,
        bool_or(r.is_reversal or r.is_replacement) over line as is_settled_by_amount
    from line_row as r
    window line as (partition by r.data_source, r.claim_id, r.line_number)
),

settled_amount as (
    select
        v.data_source,
        v.claim_id,
        v.line_number,
        sum(v.signed_paid_usd) as paid_usd,
        sum(v.signed_allowed_usd) as allowed_usd,
        sum(v.signed_charge_usd) as charge_usd
    from line_version as v
    where v.version_number >= v.replacement_number and (v.is_settled_by_amount or v.version_number = v.last_number)
    group by v.data_source, v.claim_id, v.line_number
    having
        greatest(sum(v.signed_paid_usd), sum(v.signed_allowed_usd), sum(v.signed_charge_usd)) > 0
        or 2 * count(*) filter (where v.is_reversal) < count(*)
),

final_line as (
    select
        m.data_source, m.source_person_id, m.claim_id, m.line_number, m.claim_type, m.status, m.hcpcs_code,
        m.hcpcs_modifiers, m.place_of_service_code, m.revenue_center_code, m.bill_type_code, m.paid_usd, m.allowed_usd,
        m.charge_usd, m.claim_line_start_date, m.claim_line_end_date, m.claim_start_date, m.claim_end_date,
        m.admission_date, m.discharge_date, m.paid_date
    from medical_claim as m
    anti join core.irregular_claim as i on m.data_source = i.data_source and m.claim_id = i.claim_id
    union all
    select
        v.data_source, v.source_person_id, v.claim_id, v.line_number, v.claim_type, v.status, v.hcpcs_code,
        v.hcpcs_modifiers, v.place_of_service_code, v.revenue_center_code, v.bill_type_code, s.paid_usd, s.allowed_usd,
        s.charge_usd, v.claim_line_start_date, v.claim_line_end_date, v.claim_start_date, v.claim_end_date,
        v.admission_date, v.discharge_date, v.paid_date
    from line_version as v
    inner join settled_amount as s
        on v.data_source = s.data_source and v.claim_id = s.claim_id and v.line_number = s.line_number
    where v.version_number = v.last_number
),

known_line as (
    select
        f.*,
        k.person_id,
        h.data_source is null or f.claim_type <> 'institutional' or f.line_number = 1 as has_own_amounts
    from final_line as f
    inner join core.person_key as k on f.data_source = k.data_source and f.source_person_id = k.source_person_id
    left join core.header_amount_source as h on f.data_source = h.data_source
)

select
    l.person_id,
    l.data_source,
    l.claim_id,
    l.line_number as claim_line_number,
    l.claim_type,
    coalesce(l.status = 'denied', false) as is_denied,
    l.hcpcs_code,
    l.hcpcs_modifiers,
    l.place_of_service_code,
    l.revenue_center_code,
    case
        when l.bill_type_code like '11%' or l.place_of_service_code in ('21', '51', '61') then 'inpatient'
        when
            l.revenue_center_code between '0450' and '0459' or l.revenue_center_code = '0981'
            or l.place_of_service_code = '23'
            then 'emergency'
        when l.bill_type_code like '2%' or l.place_of_service_code in ('31', '32') then 'skilled nursing'
        when l.bill_type_code like '3%' or l.place_of_service_code = '12' then 'home'
        when l.bill_type_code like '81%' or l.bill_type_code like '82%' or l.place_of_service_code = '34' then 'hospice'
        when l.place_of_service_code in ('02', '10') then 'telehealth'
        when l.revenue_center_code between '0300' and '0319' or l.place_of_service_code = '81' then 'laboratory'
        when l.claim_type = 'institutional' or l.place_of_service_code in ('19', '22', '24') then 'outpatient hospital'
        when l.place_of_service_code in ('11', '17', '20', '49', '50', '71', '72') then 'office'
        else 'other'
    end as service_category,
    case when l.has_own_amounts then l.paid_usd end as paid_usd,
    case when l.has_own_amounts then l.allowed_usd end as allowed_usd,
    case when l.has_own_amounts then l.charge_usd end as charge_usd,
    coalesce(l.claim_line_start_date, l.claim_start_date, l.admission_date) as service_start_date,
    coalesce(
        l.claim_line_end_date, l.claim_line_start_date, l.claim_end_date, l.discharge_date, l.claim_start_date
    ) as service_end_date,
    l.paid_date
from known_line as l
