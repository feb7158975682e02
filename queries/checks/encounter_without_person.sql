-- title:       Encounters of people who aren't in the person file
-- question:    How many encounters name a person whom the source's own people don't hold?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0
-- remedy:      Ask for the people of the same export; a reference may also be written in a way that leads nowhere.
-- why:         Such people have no surrogate, so their visits and stays are in no table past staging.
select
    e.data_source,
    count(*) filter (where k.person_id is null) as found_count,
    count(*) as checked_count
from staging.encounter as e
left join core.person_key as k on e.data_source = k.data_source and e.source_person_id = k.source_person_id
group by e.data_source
having found_count > 0
