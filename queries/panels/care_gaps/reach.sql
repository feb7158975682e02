-- title:       Reach: who was seen at all
-- question:    In each group, how many people had any visit in the year, without which no measure sees them?
-- grain:       population, year, dimension, group_value
-- dimensions:  dimension, group_value
-- counts:      people_with_visit of people
-- filters:     population, year, dimension
-- why:         These are electronic clinical quality measures run on the data at hand: they have no enrolment rule and
--              need a visit. A group that is seen less is measured less, so a good rate may hide a bad reach.
--              Everyone of the group counts here, whatever their age and sex.
select
    cube.population,
    cube.year,
    cube.dimension,
    cube.group_value,
    cube.people,
    cube.people_with_visit,
    cube.people_with_visit * 1.0 / nullif(cube.people, 0) as reach,
    cube.suppressed_columns,
    cube.is_suppressed
from cubes.use as cube
order by cube.population, cube.year, cube.dimension, cube.group_value
