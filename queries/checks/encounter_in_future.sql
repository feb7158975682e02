-- title:       Encounters in the future
-- question:    How many encounters that took place begin after today?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.1 % of encounters
-- affects:     ed_visits_per_1000, inpatient_stays_per_1000
-- remedy:      Look for appointments that are said to be finished, and for years mistyped.
-- why:         Care that hasn't happened yet isn't use.
select
    e.data_source,
    count(*) filter (where e.start_date > current_date) as found_count,
    count(*) as checked_count
from staging.encounter as e
where e.start_date is not null and coalesce(e.status, 'finished') not in ('planned', 'cancelled', 'proposed')
group by e.data_source
