-- title:       Less than in the previous load
-- question:    Of what does a source hold at least a tenth less than in the load before?
-- grain:       data_source, table_name
-- kind:        completeness
-- threshold:   0 tables
-- affects:     people, member_months, pmpm_usd, measures
-- remedy:      Compare the file with the one before; a part of it is missing, or the sender narrowed the extract.
-- why:         A delivery that shrinks is mostly an accident, and every figure that falls with it looks like a success.
with before as (
    select p.data_source, p.table_name, sum(p.row_count) as row_count
    from core.previous_load as p
    group by p.data_source, p.table_name
),

now as (
    select c.data_source, c.table_name, sum(c.row_count) as row_count
    from core.load_count as c
    group by c.data_source, c.table_name
)

select
    b.data_source,
    b.table_name,
    case when 10 * coalesce(n.row_count, 0) < 9 * b.row_count then 1 else 0 end as found_count,
    1 as checked_count
from before as b
left join now as n on b.data_source = n.data_source and b.table_name = n.table_name
where b.row_count >= 20
