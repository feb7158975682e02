-- title:       Months with few members
-- question:    In how many months between its first and its last does a source hold less than half the members of its
--     middle month?
-- grain:       data_source
-- kind:        completeness
-- threshold:   0 months
-- affects:     member_months, pmpm_usd, people
-- remedy:      Look for an enrolment file that is missing or was cut off.
-- why:         A month without its members makes every rate of the year too high.
select
    m.data_source,
    m.low_months as found_count,
    m.months as checked_count
from marts.month_low as m
where m.table_name = 'member_month'
