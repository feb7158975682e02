-- title:       One measure by organisation
-- question:    Which organisations stand above or below the plan?
-- grain:       population, measure_id, group_id, year, group_value
-- dimensions:  group_value
-- counts:      initial_population; numerator of denominator
-- filters:     population, measure_id, group_id, year
-- why:         A person counts for the organisation they are attributed to in the year; people without one stay
--              visible as Unknown.
select
    cube.population,
    cube.measure_id,
    cube.group_id,
    cube.year,
    cube.group_value,
    coalesce(organization.organization_name, 'No organisation') as organization_name,
    cube.initial_population,
    cube.denominator,
    cube.numerator,
    cube.numerator * 1.0 / nullif(cube.denominator, 0) as rate,
    cube.suppressed_columns,
    cube.is_suppressed
from cubes.measure as cube
left join published.organization as organization
    on cube.group_value = cast(organization.organization_key as varchar)
where cube.dimension = 'organization'
order by cube.population, cube.measure_id, cube.group_id, cube.year, cube.group_value
