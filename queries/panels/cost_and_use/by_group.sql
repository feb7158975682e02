-- title:       Cost and use by group
-- question:    Which organisations, payers, areas and groups of people cost most, and which use hospitals most?
-- grain:       population, year, dimension, group_value
-- dimensions:  dimension, group_value
-- counts:      people; people_above_cap of people; ed_visits; inpatient_stays; visits
-- sums:        pmpm_usd by people; paid_pmpm_usd by people; capped_pmpm_usd by people_above_cap
-- filters:     population, year, dimension
-- why:         Crude figures: nothing here is adjusted for age or illness. An organisation with older people costs
--              more. The capped figure, beside the full one, leaves out what a person costs above the high-cost cap.
with plan as (
    select
        cube.population,
        cube.year,
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
)

select
    cube.population,
    cube.year,
    cube.dimension,
    cube.group_value,
    coalesce(area.area_name, organization.organization_name, cube.group_value) as group_label,
    cube.people,
    cube.member_months,
    cube.medical_allowed_usd / nullif(cube.member_months, 0) as medical_pmpm_usd,
    cube.pharmacy_allowed_usd / nullif(cube.pharmacy_member_months, 0) as pharmacy_pmpm_usd,
    cube.medical_allowed_usd / nullif(cube.member_months, 0)
    + case
        when cube.pharmacy_member_months = 0 then 0
        else cube.pharmacy_allowed_usd / nullif(cube.pharmacy_member_months, 0)
    end as pmpm_usd,
    cube.medical_paid_usd / nullif(cube.member_months, 0)
    + case
        when cube.pharmacy_member_months = 0 then 0
        else cube.pharmacy_paid_usd / nullif(cube.pharmacy_member_months, 0)
    end as paid_pmpm_usd,
    (cube.medical_allowed_usd - cube.excess_allowed_usd) / nullif(cube.member_months, 0)
    + case
        when cube.pharmacy_member_months = 0 then 0
        else cube.pharmacy_allowed_usd / nullif(cube.pharmacy_member_months, 0)
    end as capped_pmpm_usd,
    (cube.medical_paid_usd - cube.excess_paid_usd) / nullif(cube.member_months, 0)
    + case
        when cube.pharmacy_member_months = 0 then 0
        else cube.pharmacy_paid_usd / nullif(cube.pharmacy_member_months, 0)
    end as paid_capped_pmpm_usd,
    cube.people_above_cap,
    cube.ed_visits,
    cube.ed_visits * 12000.0 / nullif(cube.member_months, 0) as ed_visits_per_1000,
    cube.inpatient_stays,
    cube.inpatient_stays * 12000.0 / nullif(cube.member_months, 0) as inpatient_stays_per_1000,
    cube.visits,
    cube.visits * 12000.0 / nullif(cube.member_months, 0) as visits_per_1000,
    plan.pmpm_usd as plan_pmpm_usd,
    plan.paid_pmpm_usd as plan_paid_pmpm_usd,
    cube.suppressed_columns,
    cube.is_suppressed
from cubes.use as cube
left join plan on cube.population = plan.population and cube.year = plan.year
left join published.area as area on cube.dimension = area.area_level and cube.group_value = area.area_id
left join published.organization as organization
    on cube.dimension = 'organization' and cube.group_value = cast(organization.organization_key as varchar)
where cube.dimension <> 'all'
order by cube.population, cube.year, cube.dimension, cube.group_value
