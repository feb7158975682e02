-- title:       Cost by category of service
-- question:    How many people have care of each kind in a year, and what does it cost?
-- grain:       population, year, claim_kind, service_category
-- dimensions:  service_category
-- filters:     population, year, claim_kind
-- overlaps:    service_category
-- counts:      people_with_cost of people
-- sums:        allowed_usd by people_with_cost; paid_usd by people_with_cost
-- contributions: allowed_usd in allowed_contribution_usd; paid_usd in paid_contribution_usd;
--     paid_usd in owed_contribution_usd
-- why:         The categories of one year add up to cubes.use, where the dimension is 'all': all but pharmacy to its
--     medical sums, pharmacy to its pharmacy sums (claim_kind). Everyone may have several kinds of care, so people
--     don't add up. people are all who are present in the year.
with person as (
    select
        c.person_id,
        y.population,
        c.year,
        c.service_category,
        sum(c.allowed_usd) as allowed_usd,
        sum(c.paid_usd) as paid_usd
    from marts.cost_month as c
    inner join marts.person_year as y on c.person_id = y.person_id and c.year = y.year
    where c.is_counted and y.is_present
    group by c.person_id, y.population, c.year, c.service_category
    having sum(c.allowed_usd) <> 0 or sum(c.paid_usd) <> 0
),

contribution as (
    select
        p.*,
        nullif(abs(cast(p.allowed_usd as double)), 0) as allowed,
        nullif(abs(cast(p.paid_usd as double)), 0) as paid,
        nullif(abs(cast(p.allowed_usd - p.paid_usd as double)), 0) as owed
    from person as p
),

present as (
    select
        y.population,
        y.year,
        count(*) as people
    from marts.person_year as y
    where y.is_present
    group by y.population, y.year
)

select
    c.population,
    c.year,
    case c.service_category when 'pharmacy' then 'pharmacy' else 'medical' end as claim_kind,
    c.service_category,
    any_value(p.people) as people,
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
inner join present as p on c.population = p.population and c.year = p.year
group by c.population, c.year, c.service_category
