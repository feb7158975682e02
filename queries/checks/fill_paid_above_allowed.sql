-- title:       Fills paid above the allowed amount
-- question:    On how many fills is more paid than allowed?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   1 % of fills
-- not_fit:     50 % of fills
-- affects:     pmpm_usd, cost_distribution
-- remedy:      Check which columns were taken for paid and allowed.
-- why:         PMPM is the allowed amount. Where it is smaller than what was paid, it isn't what it says.
select
    r.data_source,
    count(*) filter (where r.paid_usd > r.allowed_usd) as found_count,
    count(*) as checked_count
from core.pharmacy_line as r
where r.paid_usd is not null and r.allowed_usd is not null
group by r.data_source
