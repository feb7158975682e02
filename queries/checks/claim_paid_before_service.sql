-- title:       Claims paid before the service
-- question:    How many claims were paid before the day on which the service began?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.1 % of claims
-- affects:     pmpm_usd
-- remedy:      Look for swapped columns, or for dates written day first.
-- why:         Run-out, and so which months are mature, is worked out from these two dates.
select
    c.data_source,
    count(*) filter (where c.paid_date < c.claim_start_date) as found_count,
    count(*) as checked_count
from core.claim as c
where c.paid_date is not null
group by c.data_source
