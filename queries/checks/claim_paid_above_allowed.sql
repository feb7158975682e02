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
    l.data_source,
    count(*) filter (where l.paid_usd > l.allowed_usd) as found_count,
    count(*) as checked_count
from core.claim_line as l
where not l.is_denied and l.allowed_usd is not null
group by l.data_source
