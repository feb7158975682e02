-- title:       Months in which membership jumps
-- question:    In how many months does the number of members differ by more than a fifth from the month before?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0 months
-- affects:     member_months, pmpm_usd, people
-- remedy:      Look for enrolment files that are missing, or for a contract that began or ended.
-- why:         A plan grows by a few per cent. A jump is mostly a file that is missing or was sent twice.
with month as (
    select
        c.data_source,
        c.month_start,
        c.row_count,
        lag(c.row_count) over (partition by c.data_source order by c.month_start) as before_count,
        min(c.month_start) over (partition by c.data_source) as first_month
    from core.load_count as c
    where c.table_name = 'member_month'
)

select
    m.data_source,
    count(*) filter (
        where 5 * abs(m.row_count - m.before_count) > m.before_count and m.before_count >= 100
    ) as found_count,
    count(*) as checked_count
from month as m
where m.month_start > m.first_month
group by m.data_source
