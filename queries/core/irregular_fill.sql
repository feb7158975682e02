-- title:       Fills that need settling
-- question:    Which pharmacy claims hold a line that came more than once?
-- grain:       data_source, claim_id
-- why:         A fill that was never picked up comes back. This one pass over all fills names those of which a line
--     came twice, so that all others stream past core.pharmacy_line untouched. Line numbers are held as bits: fewer
--     bits than rows means that one came twice.
select
    r.data_source,
    r.claim_id
from staging.pharmacy_claim as r
group by r.data_source, r.claim_id
having count(*) > bit_count(bit_or(cast(1 as bigint) << (coalesce(r.claim_line_number, 1) % 62)))
