-- title:       Claims longer than a year
-- question:    How many accepted claims span more than 366 days?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.1 % of claims
-- affects:     ed_visits_per_1000, inpatient_stays_per_1000
-- remedy:      Look for wrong last days, or for statements that cover a whole enrolment.
-- why:         Such a claim swallows every stay in its time.
select
    c.data_source,
    count(*) filter (where c.claim_end_date - c.claim_start_date > 366) as found_count,
    count(*) as checked_count
from core.claim as c
where not c.is_denied and c.claim_start_date is not null and c.claim_end_date is not null
group by c.data_source
