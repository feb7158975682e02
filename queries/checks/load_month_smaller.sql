-- title:       Months that shrank since the previous load
-- question:    In how many months that the load before held too does a source now hold at least a tenth less?
-- grain:       data_source, table_name
-- kind:        completeness
-- threshold:   0 months
-- affects:     member_months, pmpm_usd, ed_visits_per_1000, inpatient_stays_per_1000, measures
-- remedy:      Compare the files of these months with those before; a replaced file may have been cut off.
-- why:         A month that was complete and isn't any longer changes a rate that was already reported.
select
    b.data_source,
    b.table_name,
    count(*) filter (where 10 * coalesce(c.row_count, 0) < 9 * b.row_count) as found_count,
    count(*) as checked_count
from core.previous_load as b
left join core.load_count as c
    on b.data_source = c.data_source and b.table_name = c.table_name and b.month_start = c.month_start
where b.month_start is not null and b.row_count >= 20
group by b.data_source, b.table_name
