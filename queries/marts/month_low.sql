-- title:       Months with few rows
-- question:    In how many months between its first and its last does a source hold less than half the rows of its
--     middle month?
-- grain:       data_source, table_name
-- why:         One rule for claims, encounters, fills, laboratory results and members (queries/checks/*_month_low.sql).
--     Months without any row count as low. Only reported years are looked at, and only where the middle month holds
--     twenty rows: below that chance alone halves a month.
with month as (
    select
        c.data_source,
        c.table_name,
        c.month_start,
        c.row_count,
        min(c.month_start) over source as first_month,
        max(c.month_start) over source as last_month
    from core.load_count as c
    where
        c.month_start is not null
        and year(c.month_start) in (select p.year from reference.period as p)
    window source as (partition by c.data_source, c.table_name)
),

calendar as (
    select distinct
        m.data_source,
        m.table_name,
        cast(unnest(range(m.first_month, m.last_month + 1, interval 1 month)) as date) as month_start
    from month as m
),

counted as (
    select
        k.data_source,
        k.table_name,
        coalesce(m.row_count, 0) as row_count
    from calendar as k
    left join month as m
        on k.data_source = m.data_source and k.table_name = m.table_name and k.month_start = m.month_start
),

middle as (
    select
        c.data_source,
        c.table_name,
        median(c.row_count) as row_count
    from counted as c
    group by c.data_source, c.table_name
)

select
    c.data_source,
    c.table_name,
    count(*) filter (where 2 * c.row_count < m.row_count) as low_months,
    count(*) as months
from counted as c
inner join middle as m on c.data_source = m.data_source and c.table_name = m.table_name
where m.row_count >= 20
group by c.data_source, c.table_name
