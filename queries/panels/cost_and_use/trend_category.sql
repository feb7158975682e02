-- title:       Cost by category of service
-- question:    Which kinds of care cost most, for how many people, and which are growing?
-- grain:       population, year, service_category
-- dimensions:  service_category
-- counts:      people_with_cost of people
-- sums:        allowed_usd by people_with_cost; paid_usd by people_with_cost; pmpm_usd by people_with_cost;
--     paid_pmpm_usd by people_with_cost
-- filters:     population, year
-- why:         Each category's cost over all member months of its kind (pharmacy over pharmacy months), so categories
--              add up to the plan's PMPM. A person may have care of many kinds: people don't add up.
select
    cube.population,
    cube.year,
    cube.claim_kind,
    cube.service_category,
    cube.people,
    cube.people_with_cost,
    case cube.claim_kind when 'pharmacy' then plan.pharmacy_member_months else plan.member_months end as member_months,
    cube.allowed_usd,
    cube.paid_usd,
    cube.allowed_usd
    / nullif(case cube.claim_kind when 'pharmacy' then plan.pharmacy_member_months else plan.member_months end, 0)
        as pmpm_usd,
    cube.paid_usd
    / nullif(case cube.claim_kind when 'pharmacy' then plan.pharmacy_member_months else plan.member_months end, 0)
        as paid_pmpm_usd,
    cube.people_with_cost * 1000.0 / nullif(cube.people, 0) as people_with_cost_per_1000,
    cube.suppressed_columns,
    cube.is_suppressed
from cubes.cost_category as cube
left join cubes.use as plan
    on plan.dimension = 'all' and cube.population = plan.population and cube.year = plan.year
order by cube.population, cube.year, cube.allowed_usd desc nulls last, cube.service_category
