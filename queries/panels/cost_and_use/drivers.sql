-- title:       What drives the change in cost
-- question:    Which kinds of care made cost per member per month rise or fall from one year to the next?
-- grain:       population, year, base_year, step_number
-- dimensions:  step, service_category
-- sums:        change_usd by people_with_cost; paid_change_usd by people_with_cost
-- counts:      people_with_cost
-- filters:     population, year, base_year
-- why:         From the earlier year's PMPM through the change of each category to the later year's: the steps add up
--              exactly. Each category is divided by all member months of its kind, so a change is money, not people: it
--              may come from more people using that care, more use by each, or a higher price, and claims alone don't
--              tell these apart without a fixed list of services and prices. Categories hidden in either year are one
--              step together, what the plan's change leaves after all that are shown. Each year is set against the one
--              before it.
with category as (
    select
        cube.population,
        cube.year,
        cube.service_category,
        cube.people_with_cost,
        cube.allowed_usd
        / nullif(case cube.claim_kind when 'pharmacy' then plan.pharmacy_member_months else plan.member_months end, 0)
            as pmpm_usd,
        cube.paid_usd
        / nullif(case cube.claim_kind when 'pharmacy' then plan.pharmacy_member_months else plan.member_months end, 0)
            as paid_pmpm_usd
    from cubes.cost_category as cube
    inner join cubes.use as plan
        on plan.dimension = 'all' and cube.population = plan.population and cube.year = plan.year
),

plan as (
    select
        cube.population,
        cube.year,
        cube.people,
        cube.medical_allowed_usd / nullif(cube.member_months, 0)
        + case
            when cube.pharmacy_member_months = 0 then 0
            else cube.pharmacy_allowed_usd / nullif(cube.pharmacy_member_months, 0)
        end as pmpm_usd,
        cube.medical_paid_usd / nullif(cube.member_months, 0)
        + case
            when cube.pharmacy_member_months = 0 then 0
            else cube.pharmacy_paid_usd / nullif(cube.pharmacy_member_months, 0)
        end as paid_pmpm_usd
    from cubes.use as cube
    where cube.dimension = 'all'
),

pair as (
    select
        later.population,
        later.year,
        earlier.year as base_year,
        earlier.people as base_people,
        later.people,
        earlier.pmpm_usd as base_pmpm_usd,
        later.pmpm_usd,
        earlier.paid_pmpm_usd as paid_base_pmpm_usd,
        later.paid_pmpm_usd
    from plan as later
    inner join plan as earlier on later.population = earlier.population and later.year = earlier.year + 1
),

named as (
    select distinct
        pair.population,
        pair.year,
        pair.base_year,
        category.service_category
    from pair
    inner join category
        on pair.population = category.population and category.year in (pair.year, pair.base_year)
),

-- A category without any cost in a year has no row there: that is 0. A hidden one has a row without a number.
compared as (
    select
        named.*,
        later.people_with_cost,
        case when earlier.service_category is null then 0 else earlier.pmpm_usd end as base_pmpm_usd,
        case when later.service_category is null then 0 else later.pmpm_usd end as pmpm_usd,
        case when earlier.service_category is null then 0 else earlier.paid_pmpm_usd end as paid_base_pmpm_usd,
        case when later.service_category is null then 0 else later.paid_pmpm_usd end as paid_pmpm_usd
    from named
    left join category as earlier
        on
            named.population = earlier.population and named.base_year = earlier.year
            and named.service_category = earlier.service_category
    left join category as later
        on
            named.population = later.population and named.year = later.year
            and named.service_category = later.service_category
),

hidden as (
    select
        pair.population,
        pair.year,
        pair.base_year,
        any_value(pair.pmpm_usd) - any_value(pair.base_pmpm_usd)
        - coalesce(sum(compared.pmpm_usd - compared.base_pmpm_usd), 0) as change_usd,
        any_value(pair.paid_pmpm_usd) - any_value(pair.paid_base_pmpm_usd)
        - coalesce(sum(compared.paid_pmpm_usd - compared.paid_base_pmpm_usd), 0) as paid_change_usd,
        bool_or(compared.pmpm_usd is null or compared.base_pmpm_usd is null) as has_hidden,
        bool_or(compared.paid_pmpm_usd is null or compared.paid_base_pmpm_usd is null) as has_hidden_paid
    from pair
    inner join compared
        on pair.population = compared.population and pair.year = compared.year and pair.base_year = compared.base_year
    group by pair.population, pair.year, pair.base_year
),

step as (
    select
        pair.population, pair.year, pair.base_year, 1 as step_order, 'base' as step, null as service_category,
        pair.base_people as people_with_cost, pair.base_pmpm_usd, null as pmpm_usd, null as change_usd,
        pair.paid_base_pmpm_usd, null as paid_pmpm_usd, null as paid_change_usd
    from pair
    union all
    select
        compared.population, compared.year, compared.base_year, 2 as step_order, 'category' as step,
        compared.service_category, compared.people_with_cost, compared.base_pmpm_usd, compared.pmpm_usd,
        compared.pmpm_usd - compared.base_pmpm_usd as change_usd, compared.paid_base_pmpm_usd, compared.paid_pmpm_usd,
        compared.paid_pmpm_usd - compared.paid_base_pmpm_usd as paid_change_usd
    from compared
    union all
    select
        hidden.population, hidden.year, hidden.base_year, 3 as step_order, 'hidden' as step, null as service_category,
        null as people_with_cost, null as base_pmpm_usd, null as pmpm_usd,
        case when hidden.has_hidden then hidden.change_usd end as change_usd, null as paid_base_pmpm_usd,
        null as paid_pmpm_usd, case when hidden.has_hidden_paid then hidden.paid_change_usd end as paid_change_usd
    from hidden
    where hidden.has_hidden or hidden.has_hidden_paid
    union all
    select
        pair.population, pair.year, pair.base_year, 4 as step_order, 'total' as step, null as service_category,
        pair.people as people_with_cost, null as base_pmpm_usd, pair.pmpm_usd, null as change_usd,
        null as paid_base_pmpm_usd, pair.paid_pmpm_usd, null as paid_change_usd
    from pair
)

select
    step.population,
    step.year,
    step.base_year,
    row_number() over (
        partition by step.population, step.year, step.base_year
        order by step.step_order, abs(step.change_usd) desc nulls last, step.service_category
    ) as step_number,
    step.step,
    step.service_category,
    step.people_with_cost,
    step.base_pmpm_usd,
    step.pmpm_usd,
    step.change_usd,
    step.paid_base_pmpm_usd,
    step.paid_pmpm_usd,
    step.paid_change_usd
from step
order by step.population, step.year, step_number
