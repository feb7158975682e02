-- title:       Accepted claim lines without an amount
-- question:    On how many accepted lines is neither paid nor allowed known?
-- grain:       data_source
-- kind:        completeness
-- threshold:   20 % of claim lines
-- affects:     pmpm_usd, cost_distribution, service_category
-- remedy:      Ask for paid and allowed amounts by line. In a source that repeats the claim's amount, one line a claim
--     carries it.
-- why:         Cost that isn't stated is missing from PMPM without a trace.
select
    l.data_source,
    count(*) filter (where l.paid_usd is null and l.allowed_usd is null) as found_count,
    count(*) as checked_count
from core.claim_line as l
where not l.is_denied
group by l.data_source
