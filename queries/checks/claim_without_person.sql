-- title:       Claims of people who aren't in the person file
-- question:    How many claims, told by their first line, name a person whom the source's own people don't hold?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0 claims
-- not_fit:     5 % of claims
-- affects:     pmpm_usd, cost_distribution, service_category, ed_visits_per_1000, inpatient_stays_per_1000, measures
-- remedy:      Ask for the person file of the same extract; claims often hold people whom a later file left out.
-- why:         Such people have no surrogate, so their claims are in no table past staging.
select
    s.data_source,
    count(*) filter (where k.person_id is null) as found_count,
    count(*) as checked_count
from staging.medical_claim as s
left join core.person_key as k on s.data_source = k.data_source and s.source_person_id = k.source_person_id
where coalesce(s.claim_line_number, 1) = 1
group by s.data_source
