-- title:       Completion by lag
-- question:    How much of what is paid in the end is paid within so many months of the care?
-- grain:       population, claim_kind, is_total, lag_months
-- dimensions:  lag_months
-- filters:     population, claim_kind, is_total
-- overlaps:    lag_months
-- counts:      people
-- sums:        paid_usd by people
-- contributions: paid_usd in paid_contribution_usd
-- why:         lag_months is the month of payment less the month of care; 12 is twelve and more, and a payment dated
--     before the care is 0. Only care of months with at least 12 months of run-out (marts.month_maturity) takes part,
--     so every lag had the time to show. The share paid up to a lag is the completion factor of months of that age.
--     What doesn't count in cubes.use takes no part: else this total less the months there would be what few people had
--     paid outside their enrolment. The row is_total, lag 99, is all lags together. Empty where sources give no paid
--     dates or cover too little time.
with old_month as (
    select
        m.population,
        min(12 * m.year + m.month - 1) as first_month,
        max(12 * m.year + m.month - 1) as last_month
    from marts.month_maturity as m
    where m.run_out_months >= 12
    group by m.population
),

data_source as (
    select
        o.data_source,
        m.*
    from core.population as o
    inner join old_month as m on o.population = m.population
),

-- Few, so that it is cheaper than to ask which months count.
uncounted as (
    select distinct
        c.data_source,
        c.person_id,
        c.year,
        c.month,
        c.service_category = 'pharmacy' as is_pharmacy
    from marts.cost_month as c
    left join marts.person_year as y on c.person_id = y.person_id and c.year = y.year
    where not c.is_counted or not coalesce(y.is_present, false)
),

payment as (
    select
        d.population,
        'medical' as claim_kind,
        l.person_id,
        12 * year(l.paid_date) + month(l.paid_date) - 12 * year(l.service_start_date) - month(l.service_start_date)
            as lag_months,
        l.paid_usd
    from core.claim_line as l
    inner join data_source as d
        on
            l.data_source = d.data_source
            and 12 * year(l.service_start_date) + month(l.service_start_date) - 1 between d.first_month and d.last_month
    anti join uncounted as u
        on
            not u.is_pharmacy and l.data_source = u.data_source and l.person_id = u.person_id
            and year(l.service_start_date) = u.year and month(l.service_start_date) = u.month
    where not l.is_denied and l.paid_date is not null and l.paid_usd <> 0
    union all
    select
        d.population,
        'pharmacy' as claim_kind,
        r.person_id,
        12 * year(r.paid_date) + month(r.paid_date) - 12 * year(r.dispensing_date) - month(r.dispensing_date)
            as lag_months,
        r.paid_usd
    from core.pharmacy_line as r
    inner join data_source as d
        on
            r.data_source = d.data_source
            and 12 * year(r.dispensing_date) + month(r.dispensing_date) - 1 between d.first_month and d.last_month
    anti join uncounted as u
        on
            u.is_pharmacy and r.data_source = u.data_source and r.person_id = u.person_id
            and year(r.dispensing_date) = u.year and month(r.dispensing_date) = u.month
    where r.paid_date is not null and r.paid_usd <> 0
),

person as (
    select
        p.population,
        p.claim_kind,
        p.person_id,
        cast(least(greatest(p.lag_months, 0), 12) as integer) as lag_months,
        sum(p.paid_usd) as paid_usd
    from payment as p
    group by p.population, p.claim_kind, p.person_id, least(greatest(p.lag_months, 0), 12)
),

total as (
    select
        p.population,
        p.claim_kind,
        p.person_id,
        99 as lag_months,
        sum(p.paid_usd) as paid_usd
    from person as p
    group by p.population, p.claim_kind, p.person_id
),

each as (
    select p.*, nullif(abs(cast(p.paid_usd as double)), 0) as paid from person as p
    union all
    select t.*, nullif(abs(cast(t.paid_usd as double)), 0) as paid from total as t
)

select
    e.population,
    e.claim_kind,
    e.lag_months = 99 as is_total,
    e.lag_months,
    count(*) as people,
    cast(sum(e.paid_usd) as decimal(18, 2)) as paid_usd,
    [sum(e.paid), max(e.paid), max(e.paid, 2)[2], 0, count(e.paid)] as paid_contribution_usd
from each as e
group by e.population, e.claim_kind, e.lag_months
