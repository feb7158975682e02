-- title:       Payments from file to page
-- question:    What becomes of each dollar that a source says was paid, until it counts on a page, by year of service?
-- grain:       population, source, year, claim_kind, level, step
-- dimensions:  level, step
-- filters:     population, source, year, claim_kind, level
-- counts:      people
-- sums:        paid_usd by people
-- overlaps:    step
-- why:         The level 'all' is what was delivered; the rows of the level 'step' add up to it, to the cent
--     (marts.paid_step). A source is called as when it was given to the build; what a file calls itself never leaves.
--     Where one source holds several data sources, their people may be the same: the larger number of people protects
--     their sum.
with named as (
    select
        s.population,
        coalesce(d.source, 'source') as source,
        s.year,
        s.claim_kind,
        case when s.step = 'delivered' then 'all' else 'step' end as level,
        s.step,
        s.step_number,
        s.people,
        s.paid_usd
    from marts.paid_step as s
    left join raw.data_source as d on s.data_source = d.data_source
    where s.population is not null
)

select
    n.population,
    n.source,
    n.year,
    n.claim_kind,
    n.level,
    n.step,
    n.step_number,
    max(n.people) as people,
    cast(sum(n.paid_usd) as decimal(18, 2)) as paid_usd
from named as n
group by n.population, n.source, n.year, n.claim_kind, n.level, n.step, n.step_number
