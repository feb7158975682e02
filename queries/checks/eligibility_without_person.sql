-- title:       Enrolment spans of people who aren't in the person file
-- question:    How many spans name a person whom the source's own people don't hold?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0 spans
-- not_fit:     5 % of spans
-- affects:     people, member_months, pmpm_usd
-- remedy:      Ask for the person file of the same extract, and check that both files use one identifier.
-- why:         Such people have no surrogate, so their months are in no denominator.
select
    s.data_source,
    count(*) filter (where k.person_id is null) as found_count,
    count(*) as checked_count
from staging.eligibility as s
left join core.person_key as k on s.data_source = k.data_source and s.source_person_id = k.source_person_id
group by s.data_source
