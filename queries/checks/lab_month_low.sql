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
with month as (
    select
        c.data_source,
        c.month_start,
        c.row_count,
        min(c.month_start) over source as first_month,
        max(c.month_start) over source as last_month
    from core.load_count as c
    where
        c.table_name = 'lab_result'
        and c.month_start is not null
        and year(c.month_start) in (select p.year from reference.period as p)
    window source as (partition by c.data_source)
),

calendar as (
    select distinct
        m.data_source,
        cast(unnest(range(m.first_month, m.last_month + 1, interval 1 month)) as date) as month_start
    from month as m
),

counted as (
    select
        k.data_source,
        coalesce(m.row_count, 0) as row_count
    from calendar as k
    left join month as m on k.data_source = m.data_source and k.month_start = m.month_start
),

middle as (
    select
        c.data_source,
        median(c.row_count) as row_count
    from counted as c
    group by c.data_source
)

select
    c.data_source,
    count(*) filter (where 2 * c.row_count < m.row_count) as found_count,
    count(*) as checked_count
from counted as c
inner join middle as m on c.data_source = m.data_source
where m.row_count >= 20
group by c.data_source
