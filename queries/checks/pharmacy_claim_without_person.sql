-- title:       Pharmacy claims of people who aren't in the person file
-- question:    How many pharmacy claims name a person whom the source's own people don't hold?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0 pharmacy claims
-- not_fit:     5 % of pharmacy claims
-- affects:     pmpm_usd, cost_distribution, measures
-- remedy:      Ask for the person file of the same extract.
-- why:         Such people have no surrogate, so their fills are in no table past staging.
select
    s.data_source,
    count(*) filter (where k.person_id is null) as found_count,
    count(*) as checked_count
from staging.pharmacy_claim as s
left join core.person_key as k on s.data_source = k.data_source and s.source_person_id = k.source_person_id
group by s.data_source
