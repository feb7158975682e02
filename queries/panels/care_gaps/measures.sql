-- title:       Measures for the whole plan
-- question:    How well does each measure stand, and for how many people?
-- grain:       population, measure_id, group_id, year
-- dimensions:  measure_id, group_id
-- counts:      initial_population; numerator of denominator; exclusion; exception
-- filters:     population, year, measure_id
-- why:         The denominator is what is left of the initial population after exclusions and exceptions. Where lower
--              is better the open gaps are the people in the numerator, else the people who are not in it.
select
    cube.population,
    cube.measure_id,
    cube.group_id,
    cube.year,
    measure.title,
    measure.better,
    measure.question,
    measure.why,
    measure.spec,
    cube.initial_population,
    cube.denominator,
    cube.numerator,
    cube.exclusion,
    cube.exception,
    cube.numerator * 1.0 / nullif(cube.denominator, 0) as rate,
    case measure.better when 'lower' then cube.numerator else cube.denominator - cube.numerator end as open_gaps,
    cube.suppressed_columns,
    cube.is_suppressed
from cubes.measure as cube
inner join published.query as measure on cube.measure_id = measure.id
where cube.dimension = 'all'
order by cube.population, cube.measure_id, cube.group_id, cube.year
