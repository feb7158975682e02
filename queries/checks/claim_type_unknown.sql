-- title:       Claims of unknown type
-- question:    How many accepted claims are neither professional, institutional, dental nor vision?
-- grain:       data_source
-- kind:        conformance
-- threshold:   1 % of claims
-- affects:     ed_visits_per_1000, inpatient_stays_per_1000, service_category
-- remedy:      Fill claim_type; it decides how a claim's lines are read.
-- why:         Whether a claim is a hospital's decides whether it can be a stay.
select
    c.data_source,
    count(*) filter (
        where coalesce(c.claim_type, 'other') not in ('professional', 'institutional', 'dental', 'vision')
    ) as found_count,
    count(*) as checked_count
from core.claim as c
where not c.is_denied
group by c.data_source
