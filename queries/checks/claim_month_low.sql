-- title:       Months with few claims
-- question:    In how many months between its first and its last does a source hold less than half the claims of its
--     middle month?
-- grain:       data_source
-- kind:        completeness
-- threshold:   0 months
-- affects:     pmpm_usd, cost_distribution, service_category, ed_visits_per_1000, inpatient_stays_per_1000
-- remedy:      Look for a file that is missing or was cut off. The newest months are low because claims are still on
--     their way.
-- why:         A month without its claims looks like a month of good health.
select
    m.data_source,
    m.low_months as found_count,
    m.months as checked_count
from marts.month_low as m
where m.table_name = 'claim'
