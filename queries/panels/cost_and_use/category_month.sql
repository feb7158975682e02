-- title:       Cost by category of service and month
-- question:    How does the cost of each kind of care move from month to month?
-- grain:       population, month_start, service_category
-- dimensions:  month_start, service_category
-- counts:      people_with_cost
-- sums:        pmpm_usd by people_with_cost; paid_pmpm_usd by people_with_cost
-- filters:     population, year
-- why:         Each category over all member months of its kind. A category that may not be shown in one month of a
--              year is shown in none of that year. Without rows the policy publishes years only.
select
    cube.population,
    cube.year,
    cube.month_start,
    plan.is_mature,
    cube.claim_kind,
    cube.service_category,
    cube.people_with_cost,
    cube.allowed_usd
    / nullif(case cube.claim_kind when 'pharmacy' then plan.pharmacy_member_months else plan.member_months end, 0)
        as pmpm_usd,
    cube.paid_usd
    / nullif(case cube.claim_kind when 'pharmacy' then plan.pharmacy_member_months else plan.member_months end, 0)
        as paid_pmpm_usd,
    cube.suppressed_columns,
    cube.is_suppressed
from cubes.cost_category_month as cube
left join cubes.use_month as plan on cube.population = plan.population and cube.month_start = plan.month_start
order by cube.population, cube.month_start, cube.service_category
