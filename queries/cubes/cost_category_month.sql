-- title:       Cost by category of service and month
-- question:    How does the cost of each kind of care move from month to month?
-- grain:       population, year, claim_kind, month_start, service_category
-- dimensions:  month_start, service_category
-- filters:     population, year, claim_kind
-- overlaps:    month_start, service_category
-- hidden_by:   service_category
-- counts:      people_with_cost; people_with_cost within cost_category.people_with_cost
-- sums:        allowed_usd by people_with_cost; paid_usd by people_with_cost
-- contributions: allowed_usd in allowed_contribution_usd; paid_usd in paid_contribution_usd;
--     paid_usd in owed_contribution_usd
-- why:         Adds up to cubes.cost_category over the months and to cubes.use_month over the categories. A category
--     that may not be shown in one month is shown in none of that year: else its total of the year would tell. And what
--     the year hides of a category its months hide: they would add up to it.
--     Published only where the policy lets months be told.
with month as (
    select
        c.person_id,
        y.population,
        c.year,
        c.month_start,
        c.service_category,
        sum(c.allowed_usd) as allowed_usd,
        sum(c.paid_usd) as paid_usd
    from marts.cost_month as c
    inner join marts.person_year as y on c.person_id = y.person_id and c.year = y.year
    where c.is_counted and y.is_present
    group by c.person_id, y.population, c.year, c.month_start, c.service_category
    having sum(c.allowed_usd) <> 0 or sum(c.paid_usd) <> 0
),

contribution as (
    select
        m.*,
        nullif(abs(cast(m.allowed_usd as double)), 0) as allowed,
        nullif(abs(cast(m.paid_usd as double)), 0) as paid,
        nullif(abs(cast(m.allowed_usd - m.paid_usd as double)), 0) as owed
    from month as m
)

select
    c.population,
    c.year,
    case c.service_category when 'pharmacy' then 'pharmacy' else 'medical' end as claim_kind,
    c.month_start,
    c.service_category,
    count(*) as people_with_cost,
    cast(sum(c.allowed_usd) as decimal(18, 2)) as allowed_usd,
    cast(sum(c.paid_usd) as decimal(18, 2)) as paid_usd,
    [sum(c.allowed), max(c.allowed), max(c.allowed, 2)[2], 0, count(c.allowed)]
        as allowed_contribution_usd,
    [sum(c.paid), max(c.paid), max(c.paid, 2)[2], 0, count(c.paid)]
        as paid_contribution_usd,
    [sum(c.owed), max(c.owed), max(c.owed, 2)[2], 0, count(c.owed)]
        as owed_contribution_usd
from contribution as c
group by c.population, c.year, c.month_start, c.service_category
