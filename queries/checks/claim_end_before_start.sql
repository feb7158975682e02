-- title:       Claims that end before they begin
-- question:    How many claims have a last day of service before the first?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.1 % of claims
-- affects:     ed_visits_per_1000, inpatient_stays_per_1000
-- remedy:      Look for swapped columns, or for dates written day first.
-- why:         Stays are joined by their days; a stay of negative length joins nothing.
select
    c.data_source,
    count(*) filter (where c.claim_end_date < c.claim_start_date) as found_count,
    count(*) as checked_count
from core.claim as c
where c.claim_start_date is not null and c.claim_end_date is not null
group by c.data_source
