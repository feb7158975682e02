-- title:       Payments from file to page
-- question:    What becomes of each dollar that a source says was paid, until it counts on a page, by year of service?
-- grain:       population, source, year, claim_kind, level, step
-- dimensions:  level, step
-- filters:     population, source, year, claim_kind, level
-- counts:      people
-- sums:        paid_usd by people
-- contributions: paid_usd in paid_contribution_usd
-- overlaps:    step
-- why:         Delivered is the sum of the other steps, to the cent (marts.paid_step). What was counted stands on a
--     level of its own, because cubes.use shows it: of the others, the hidden must be safe together against what was
--     delivered less what was counted. Delivered is one of them, the last to be hidden, where no other step protects a
--     step of few people. Linked sources are shown as one, for they count on the pages as one. A source is called as
--     when it was given to the build; what a file calls itself never leaves. Where several data sources are one here,
--     the people may be the same: the larger number of people protects their sum. people are rounded to midpoints of
--     six: the few of whom nothing counted are among those of whom something was delivered.
with named as (
    select
        c.population,
        string_agg(distinct coalesce(d.source, 'source'), ' + ' order by coalesce(d.source, 'source')) as source
    from core.population as c
    left join raw.data_source as d on c.data_source = d.data_source
    group by c.population
)

select
    s.population,
    n.source,
    s.year,
    s.claim_kind,
    case when s.step = 'counted' then 'counted' else 'step' end as level,
    s.step,
    s.step_number,
    cast(6 * ceil(max(s.people) / 6.0) - if(max(s.people) > 0, 3, 0) as bigint) as people,
    cast(sum(s.paid_usd) as decimal(18, 2)) as paid_usd,
    [
        sum(s.paid_contribution_usd[1]), sum(s.paid_contribution_usd[2]), sum(s.paid_contribution_usd[3]), 0,
        max(s.paid_contribution_usd[5])
    ] as paid_contribution_usd
from marts.paid_step as s
inner join named as n on s.population = n.population
group by s.population, n.source, s.year, s.claim_kind, s.step, s.step_number
