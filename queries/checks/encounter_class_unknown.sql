-- title:       Encounters of unknown class
-- question:    How many encounters are of no known class?
-- grain:       data_source
-- kind:        conformance
-- threshold:   5 % of encounters
-- not_fit:     60 % of encounters
-- affects:     ed_visits_per_1000, inpatient_stays_per_1000, measures
-- remedy:      Map the source's classes to ambulatory, emergency, inpatient, observation, virtual or home.
-- why:         The class decides whether an encounter is a stay, an emergency visit or an office visit.
select
    e.data_source,
    count(*) filter (where coalesce(e.encounter_class, 'other') = 'other') as found_count,
    count(*) as checked_count
from staging.encounter as e
group by e.data_source
