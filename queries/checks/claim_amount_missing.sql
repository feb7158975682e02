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
    a.data_source,
    a.lines_without_amount as found_count,
    a.accepted_lines as checked_count
from marts.amount_use as a
