-- title:       Encounters that end before they begin
-- question:    How many encounters end before the day they begin?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.1 % of encounters
-- affects:     ed_visits_per_1000, inpatient_stays_per_1000
-- remedy:      Look for swapped columns and time zones.
-- why:         Stays are joined by their days.
select
    e.data_source,
    count(*) filter (where e.end_date < e.start_date) as found_count,
    count(*) as checked_count
from staging.encounter as e
where e.end_date is not null and e.start_date is not null
group by e.data_source
