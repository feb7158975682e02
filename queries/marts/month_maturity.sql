-- title:       Run-out of each month
-- question:    Of which months is the cost as good as complete?
-- grain:       population, month_start
-- why:         run_out_months is the number of whole months between the end of a month of care and the last payment
--     (core.run_out); of several sources of a population the one whose payments reach least far decides. Payments are
--     made weekly, so a last payment within seven days of a month's end counts as its end. A month with under 3
--     months of run-out is immature: it is shown with a mark and left out of trends, because what is still to be paid
--     would look like a fall in cost. Both are null where a source of the population gives no paid dates.
with reach as (
    select
        o.population,
        case when bool_and(r.paid_through_date is not null) then min(r.paid_through_date) end as paid_through_date
    from core.run_out as r
    inner join core.population as o on r.data_source = o.data_source
    group by o.population
),

month as (
    select
        o.population,
        p.year,
        unnest(range(1, 13)) as month
    from (select distinct population from core.population) as o
    cross join reference.period as p
),

counted as (
    select
        m.population,
        m.year,
        m.month,
        12 * year(r.paid_through_date + 7) + month(r.paid_through_date + 7) - (12 * m.year + m.month) - 1
            as run_out_months
    from month as m
    left join reach as r on m.population = r.population
)

select
    c.population,
    c.year,
    cast(c.month as integer) as month,
    cast(case when c.run_out_months < 0 then 0 else c.run_out_months end as integer) as run_out_months,
    c.run_out_months >= 3 as is_mature,
    make_date(c.year, cast(c.month as integer), 1) as month_start
from counted as c
