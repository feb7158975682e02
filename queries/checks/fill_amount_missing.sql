-- title:       Fills without an amount
-- question:    How many fills have neither a paid nor an allowed amount?
-- grain:       data_source
-- kind:        completeness
-- threshold:   5 % of fills
-- affects:     pmpm_usd, cost_distribution
-- remedy:      Ask for paid amounts, and for what the person paid.
-- why:         Cost that isn't stated is missing from PMPM without a trace.
select
    r.data_source,
    count(*) filter (where r.paid_usd is null and r.allowed_usd is null) as found_count,
    count(*) as checked_count
from core.pharmacy_line as r
group by r.data_source
