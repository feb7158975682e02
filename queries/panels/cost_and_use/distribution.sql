-- title:       How cost is spread over people
-- question:    How large a share of cost falls to the 1 %, 5 % and 10 % of people who cost most?
-- grain:       population, year, cost_rank
-- dimensions:  cost_rank
-- counts:      people
-- sums:        allowed_usd by people; paid_usd by people; pmpm_usd by people
-- filters:     population, year
-- why:         People with a member month, in order of allowed cost, medical and pharmacy together. Who costs the same
--              stays together, in the lower group; present people without a member month are among the other 90 %. paid
--              is what was paid for the same people.
with ranked as (
    select
        cube.*,
        cube.medical_allowed_usd + cube.pharmacy_allowed_usd as allowed_usd,
        cube.medical_paid_usd + cube.pharmacy_paid_usd as paid_usd
    from cubes.use as cube
    where cube.dimension = 'cost_rank' and cube.group_value <> 'not enrolled'
),

enrolled as (
    select
        ranked.population,
        ranked.year,
        case when bool_and(ranked.people is not null) then sum(ranked.people) end as people,
        case when bool_and(ranked.allowed_usd is not null) then sum(ranked.allowed_usd) end as allowed_usd,
        case when bool_and(ranked.paid_usd is not null) then sum(ranked.paid_usd) end as paid_usd
    from ranked
    group by ranked.population, ranked.year
)

select
    ranked.population,
    ranked.year,
    ranked.group_value as cost_rank,
    case ranked.group_value when 'top 1 %' then 1 when 'next 4 %' then 2 when 'next 5 %' then 3 else 4 end
        as rank_order,
    ranked.people,
    ranked.people * 1.0 / nullif(enrolled.people, 0) as people_share,
    ranked.member_months,
    ranked.allowed_usd,
    ranked.allowed_usd * 1.0 / nullif(enrolled.allowed_usd, 0) as allowed_share,
    ranked.paid_usd,
    ranked.paid_usd * 1.0 / nullif(enrolled.paid_usd, 0) as paid_share,
    ranked.medical_allowed_usd / nullif(ranked.member_months, 0)
    + case
        when ranked.pharmacy_member_months = 0 then 0
        else ranked.pharmacy_allowed_usd / nullif(ranked.pharmacy_member_months, 0)
    end as pmpm_usd,
    ranked.suppressed_columns,
    ranked.is_suppressed
from ranked
left join enrolled on ranked.population = enrolled.population and ranked.year = enrolled.year
order by ranked.population, ranked.year, rank_order
