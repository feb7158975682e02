-- title:       One measure by area
-- question:    Where is the measure met, and where not?
-- grain:       population, measure_id, group_id, year, area_id
-- dimensions:  area_id
-- counts:      initial_population; numerator of denominator
-- filters:     population, measure_id, group_id, year
-- why:         The policy publishes one level of areas, counties or ZIP3s, never both: tables of the same people at two
--              levels share cells, and what one hides the other could tell.
--              members are the areas that a merged group stands for; where it spans states, state lists them.
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
    cube.measure_id,
    cube.group_id,
    cube.year,
    cube.dimension as area_level,
    cube.group_value as area_id,
    coalesce(area.area_name, cube.group_value) as area_name,
    coalesce(area.state, member.state) as state,
    member.members,
    cube.initial_population,
    cube.denominator,
    cube.numerator,
    cube.numerator * 1.0 / nullif(cube.denominator, 0) as rate,
    cube.suppressed_columns,
    cube.is_suppressed
from cubes.measure as cube
left join member on cube.dimension = member.area_level and cube.group_value = member.group_id
left join published.area as area on cube.dimension = area.area_level and cube.group_value = area.area_id
where cube.dimension in ('county', 'zip3', 'state')
order by cube.population, cube.measure_id, cube.group_id, cube.year, cube.group_value
