-- title:       One measure by group
-- question:    For whom is the measure met, and for whom not?
-- grain:       population, measure_id, group_id, year, dimension, group_value
-- dimensions:  dimension, group_value
-- counts:      initial_population; numerator of denominator
-- filters:     population, measure_id, group_id, year, dimension
-- why:         Organisations and areas have panels of their own; people whose group is not known stay visible.
select
    cube.population,
    cube.measure_id,
    cube.group_id,
    cube.year,
    cube.dimension,
    cube.group_value,
    cube.initial_population,
    cube.denominator,
    cube.numerator,
    cube.numerator * 1.0 / nullif(cube.denominator, 0) as rate,
    cube.suppressed_columns,
    cube.is_suppressed
from cubes.measure as cube
where cube.dimension not in ('all', 'organization', 'county', 'zip3', 'state')
order by cube.population, cube.measure_id, cube.group_id, cube.year, cube.dimension, cube.group_value
