-- title:       Amounts of the claim on every line
-- question:    Which sources carry the claim's amounts on every line of hospital claims?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0 sources
-- affects:     pmpm_usd, cost_distribution, service_category
-- remedy:      Nothing, if this is the file's layout: the amounts are counted once a claim. Ask for line amounts to see
--     cost by service.
-- why:         Added up, such amounts would count a stay five or ten times. They aren't; but by service category the
--     whole claim stands on one line.
with source as (
    select distinct c.data_source
    from core.claim as c
    where c.claim_type = 'institutional'
)

select
    s.data_source,
    case when h.data_source is null then 0 else 1 end as found_count,
    1 as checked_count
from source as s
left join core.header_amount_source as h on s.data_source = h.data_source
