-- title:       Rows by source, table and month
-- question:    How many rows of each kind does each source hold, month by month?
-- grain:       data_source, table_name, month_start
-- why:         Gaps show here, and so does a file that holds less than the one before: the build keeps the last load's
--     copy as core.previous_load. Claims count once they are settled, laboratory results by the day they are true
--     for, member months by the source of the person. A row without a date has no month.
with dated as (
    select c.data_source, 'claim' as table_name, c.claim_start_date as on_date, count(*) as row_count
    from core.claim as c
    group by c.data_source, c.claim_start_date
    union all
    select r.data_source, 'pharmacy_claim', r.dispensing_date, count(*)
    from core.pharmacy_line as r
    group by r.data_source, r.dispensing_date
    union all
    select e.data_source, 'encounter', e.start_date, count(*)
    from staging.encounter as e
    group by e.data_source, e.start_date
    union all
    select o.data_source, 'lab_result', cast(o.effective_start_at as date), count(*)
    from staging.observation as o
    where list_contains(o.category, 'laboratory')
    group by o.data_source, cast(o.effective_start_at as date)
    union all
    select p.data_source, 'member_month', m.month_start, count(*)
    from core.member_month as m
    inner join core.person as p on m.person_id = p.person_id
    group by p.data_source, m.month_start
    union all
    select p.data_source, 'person', cast(null as date), count(*)
    from core.person as p
    group by p.data_source
)

select
    d.data_source,
    d.table_name,
    cast(date_trunc('month', d.on_date) as date) as month_start,
    cast(sum(d.row_count) as bigint) as row_count
from dated as d
group by d.data_source, d.table_name, cast(date_trunc('month', d.on_date) as date)
