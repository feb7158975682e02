-- title:       Claim lines paid above the allowed amount
-- question:    On how many accepted lines is more paid than allowed?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   1 % of claim lines
-- not_fit:     50 % of claim lines
-- affects:     pmpm_usd, cost_distribution, service_category
-- remedy:      Check which columns were taken for paid and allowed, and whether amounts are the line's or the claim's.
-- why:         PMPM is the allowed amount. Where it is smaller than what was paid, it isn't what it says.
select
    a.data_source,
    a.lines_paid_above_allowed as found_count,
    a.lines_with_allowed as checked_count
from marts.amount_use as a
