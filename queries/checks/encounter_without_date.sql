-- title:       Encounters without a date
-- question:    How many encounters don't say when they began?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0.1 % of encounters
-- not_fit:     5 % of encounters
-- affects:     ed_visits_per_1000, inpatient_stays_per_1000, measures
-- remedy:      Ask for the start of the period.
-- why:         A visit without a date falls in no year.
select
    e.data_source,
    count(*) filter (where e.start_date is null) as found_count,
    count(*) as checked_count
from staging.encounter as e
group by e.data_source
