-- title:       Claims from before 2000
-- question:    How many claims begin before the year 2000?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.1 % of claims
-- affects:     pmpm_usd, cost_distribution, service_category, ed_visits_per_1000, inpatient_stays_per_1000
-- remedy:      Ask what 1900-01-01 or 1970-01-01 stand for in the source; leave unknown dates empty.
-- why:         Such dates mostly stand for unknown ones; the care falls in no year that is shown.
select
    c.data_source,
    count(*) filter (where c.claim_start_date < date '2000-01-01') as found_count,
    count(*) as checked_count
from core.claim as c
where c.claim_start_date is not null
group by c.data_source
