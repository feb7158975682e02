-- title:       Readmissions within 30 days
-- question:    After how many hospital stays are people admitted again within 30 days, and in which groups most often?
-- grain:       population, year, dimension, group_value
-- dimensions:  dimension, group_value
-- counts:      people; people under index_stays; readmissions of index_stays; planned_readmissions of index_stays
-- filters:     population, year, dimension
-- why:         All causes; planned returns are set apart; transfers are one stay. Not adjusted for risk: who is sicker
--              is readmitted more, whoever treats them, so the rate says where to look and not who does well. The
--              dimension 'all' is the whole plan.
select
    cube.population,
    cube.year,
    cube.dimension,
    cube.group_value,
    coalesce(area.area_name, organization.organization_name, cube.group_value) as group_label,
    cube.people,
    cube.index_stays,
    cube.readmissions,
    cube.planned_readmissions,
    cube.readmissions * 1.0 / nullif(cube.index_stays, 0) as readmission_rate,
    cube.suppressed_columns,
    cube.is_suppressed
from cubes.readmission as cube
left join published.area as area on cube.dimension = area.area_level and cube.group_value = area.area_id
left join published.organization as organization
    on cube.dimension = 'organization' and cube.group_value = cast(organization.organization_key as varchar)
order by cube.population, cube.year, cube.dimension, cube.group_value
