-- title:       Claim lines of people who aren't in the person file
-- question:    How many claim lines name a person that the source's person file doesn't hold?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0
-- remedy:      Ask for the person file of the same extract; claims often hold people whom a later file left out.
-- why:         Such people have no surrogate, so their claims are in no table past staging.
select
    c.data_source,
    count(*) filter (where k.person_id is null) as found_count,
    count(*) as checked_count
from staging.medical_claim as c
left join core.person_key as k on c.data_source = k.data_source and c.source_person_id = k.source_person_id
group by c.data_source
having found_count > 0
