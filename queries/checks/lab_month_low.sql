-- title:       Months with few laboratory results
-- question:    In how many months between its first and its last does a source hold less than half the laboratory
--     results of its middle month?
-- grain:       data_source
-- kind:        completeness
-- threshold:   0 months
-- affects:     measures
-- remedy:      Look for a file that is missing or was cut off. The newest months are low because claims are still on
--     their way.
-- why:         A month without its laboratory results looks like a month of good health.
select
    m.data_source,
    m.low_months as found_count,
    m.months as checked_count
from marts.month_low as m
where m.table_name = 'lab_result'
