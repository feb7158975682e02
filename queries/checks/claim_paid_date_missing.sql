-- title:       Claims without a paid date
-- question:    How many claims don't say when they were paid?
-- grain:       data_source
-- kind:        completeness
-- threshold:   5 % of claims
-- affects:     pmpm_usd
-- remedy:      Ask for the paid date; the date the claim was processed will do.
-- why:         How late claims arrive, and so which months are mature, is known from it.
select
    c.data_source,
    count(*) filter (where c.paid_date is null) as found_count,
    count(*) as checked_count
from core.claim as c
group by c.data_source
