-- title:       Use and cost by area
-- question:    Where do people need emergency or inpatient care most often, and where does care cost most?
-- grain:       population, year, area_id
-- dimensions:  area_id
-- counts:      people; people_with_visit of people; ed_visits; inpatient_stays
-- sums:        pmpm_usd by people
-- filters:     population, year
-- why:         Crude figures: nothing here is adjusted for age. Areas with more old people need more care.
--     members are the areas that a merged group stands for; where it spans states, state lists them.
with member as (
    select
        g.area_level,
        g.group_id,
        array_to_string(list_sort(list(distinct g.state)), ' ') as state,
        array_to_string(list_sort(list(g.area_id)), ' ') as members
    from published.area_group as g
    group by g.area_level, g.group_id
)

select
    cube.population,
    cube.year,
    cube.dimension as area_level,
    cube.group_value as area_id,
    coalesce(area.area_name, cube.group_value) as area_name,
    coalesce(area.state, member.state) as state,
    member.members,
    cube.people,
    cube.people_with_visit,
    cube.member_months,
    cube.ed_visits,
    cube.inpatient_stays,
    cube.ed_visits * 12000.0 / nullif(cube.member_months, 0) as ed_visits_per_1000,
    cube.inpatient_stays * 12000.0 / nullif(cube.member_months, 0) as inpatient_stays_per_1000,
    cube.medical_allowed_usd / nullif(cube.member_months, 0)
    + case
        when cube.pharmacy_member_months = 0 then 0
        else cube.pharmacy_allowed_usd / nullif(cube.pharmacy_member_months, 0)
    end as pmpm_usd,
    cube.suppressed_columns,
    cube.is_suppressed
from cubes.use as cube
left join member on cube.dimension = member.area_level and cube.group_value = member.group_id
left join published.area as area on cube.dimension = area.area_level and cube.group_value = area.area_id
where cube.dimension in ('county', 'zip3', 'state')
order by cube.population, cube.year, cube.group_value
