-- title:       Acute stays longer than a hundred days
-- question:    How many inpatient stays last more than 100 days?
-- grain:       source
-- kind:        plausibility
-- threshold:   0.5 % of stays
-- remedy:      Look for long-term or nursing care billed as hospital care, or for wrong discharge dates.
-- why:         Merging joins what touches: one wrong date can swallow several stays.
select
    s.source,
    count(*) filter (where s.length_of_stay_days > 100) as found_count,
    count(*) as checked_count
from core.stay as s
group by s.source
having found_count > 0
