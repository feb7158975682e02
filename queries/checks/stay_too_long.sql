-- title:       Acute stays longer than a hundred days
-- question:    How many inpatient stays last more than 100 days?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.5 % of stays
-- affects:     inpatient_stays_per_1000, readmission_rate
-- remedy:      Look for long-term or nursing care billed as hospital care, or for wrong discharge dates.
-- why:         Merging joins what touches: one wrong date can swallow several stays.
select
    p.data_source,
    count(*) filter (where s.length_of_stay_days > 100) as found_count,
    count(*) as checked_count
from core.stay as s
inner join core.person as p on s.person_id = p.person_id
where s.stay_type = 'acute'
group by p.data_source
