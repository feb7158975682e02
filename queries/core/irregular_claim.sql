-- title:       Claims that need settling
-- question:    Which claims hold a line that came more than once, or begin with another line than line 1?
-- grain:       data_source, claim_id
-- why:         Few claims are adjusted after they were paid. This one pass over all lines names them, so that
--     claim_line and claim settle these few with care and let all others stream past untouched. Cancelled, draft and
--     erroneous rows play no part, and a stated reversal is no first line. Line numbers are held as bits: fewer bits
--     than rows means that one came twice (past 62 the bits wrap around, which only names a claim that needn't be
--     here).
with line as not materialized (
    select
        c.data_source,
        c.claim_id,
        coalesce(c.claim_line_number, 1) as line_number,
        coalesce(c.adjustment_type in ('reversal', 'void', 'cancellation'), false)
        or coalesce(ends_with(c.bill_type_code, '8'), false) as is_stated_reversal
    from staging.medical_claim as c
    where coalesce(c.status, 'active') not in ('cancelled', 'draft', 'entered-in-error')
),

claim as (
    select
        l.data_source,
        l.claim_id,
        min(l.line_number) filter (where not l.is_stated_reversal) as first_line_number,
        count(*) > bit_count(bit_or(cast(1 as bigint) << (l.line_number % 62))) as has_repeated_line
    from line as l
    group by l.data_source, l.claim_id
)

select
    c.data_source,
    c.claim_id,
    c.first_line_number,
    c.has_repeated_line
from claim as c
where c.has_repeated_line or c.first_line_number is distinct from 1
