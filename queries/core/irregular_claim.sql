-- title:       Claims that need settling
-- question:    Which claims hold reversals, lines that came twice, or a first line that can't speak for the claim?
-- grain:       data_source, claim_id
-- why:         Few claims are adjusted after they were paid. This one pass over all lines names them, so that claim
--     and claim_line settle these few with care and let all others stream past untouched. Cancelled, draft and
--     erroneous rows play no part. Line numbers are held as bits: fewer bits than rows means that one came twice
--     (past 62 the bits wrap around, which only names a claim that needn't be here).
with line as not materialized (
    select
        c.data_source,
        c.claim_id,
        coalesce(c.claim_line_number, 1) as line_number,
        coalesce(c.status = 'denied', false) as is_denied,
        coalesce(c.adjustment_type, 'original') <> 'original'
        or right(c.bill_type_code, 1) in ('7', '8')
        or least(c.paid_usd, c.allowed_usd, c.charge_usd) < 0 as is_adjustment
    from staging.medical_claim as c
    where coalesce(c.status, 'active') not in ('cancelled', 'draft', 'entered-in-error')
),

claim as (
    select
        l.data_source,
        l.claim_id,
        coalesce(bool_or(l.is_adjustment), false) as has_adjustment,
        count(*) > bit_count(bit_or(cast(1 as bigint) << (l.line_number % 62))) as has_repeated_line,
        min(l.line_number) <> 1
        or (bool_or(l.line_number = 1 and l.is_denied) and not bool_and(l.is_denied)) as lacks_first_line
    from line as l
    group by l.data_source, l.claim_id
)

select
    c.data_source,
    c.claim_id,
    c.has_adjustment,
    c.has_repeated_line,
    c.lacks_first_line
from claim as c
where c.has_adjustment or c.has_repeated_line or c.lacks_first_line
