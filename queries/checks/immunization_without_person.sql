-- title:       Immunisations of people who aren't in the person file
-- question:    How many immunisations name a person whom the source's own people don't hold?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0 immunisations
-- not_fit:     5 % of immunisations
-- affects:     measures
-- remedy:      Ask for the people of the same export.
-- why:         Such people have no surrogate, so their vaccines are in no measure.
select
    s.data_source,
    count(*) filter (where k.person_id is null) as found_count,
    count(*) as checked_count
from staging.immunization as s
left join core.person_key as k on s.data_source = k.data_source and s.source_person_id = k.source_person_id
group by s.data_source
