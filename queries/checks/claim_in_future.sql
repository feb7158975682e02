-- title:       Claims in the future
-- question:    How many claims begin after today?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0 claims
-- affects:     pmpm_usd, cost_distribution, service_category, ed_visits_per_1000, inpatient_stays_per_1000
-- remedy:      Look for dates written day first, or a year mistyped.
-- why:         Care that hasn't happened yet isn't use. One such date also moves the end of the data.
select
    c.data_source,
    count(*) filter (where c.claim_start_date > current_date) as found_count,
    count(*) as checked_count
from core.claim as c
where c.claim_start_date is not null
group by c.data_source
