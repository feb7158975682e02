-- title:       Encounters of people who aren't in the person file
-- question:    How many encounters name a person whom the source's own people don't hold?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0 encounters
-- not_fit:     5 % of encounters
-- affects:     ed_visits_per_1000, inpatient_stays_per_1000, measures
-- remedy:      Ask for the people of the same export; a reference may also be written in a way that leads nowhere.
-- why:         Such people have no surrogate, so their visits and stays are in no table past staging.
select
    s.data_source,
    count(*) filter (where k.person_id is null) as found_count,
    count(*) as checked_count
from staging.encounter as s
left join core.person_key as k on s.data_source = k.data_source and s.source_person_id = k.source_person_id
group by s.data_source
