-- title:       Gaps between groups, largest first
-- question:    Between which groups do rates differ most?
-- grain:       population, measure_id, group_id, year, dimension
-- dimensions:  measure_id, group_id, dimension, worst_group, best_group
-- counts:      worst_numerator of worst_denominator; best_numerator of best_denominator
-- filters:     population, year
-- why:         One row is the best and the worst group of one dimension on one measure. Only released numbers take
--              part: a hidden group can't be the answer. Unknown is left out because it is not a group of people, and
--              a group needs 100 people in the denominator, so that a handful of them can't make the headline. Age is
--              left out because measures differ by age for clinical reasons; organisations and areas have pages of
--              their own. Whether a gap can be chance is said beside it.
with measure_group as (
    select
        cube.*,
        cube.numerator * 1.0 / cube.denominator as rate
    from cubes.measure as cube
    where
        cube.dimension not in ('all', 'age_band', 'organization', 'county', 'zip3', 'state')
        and cube.group_value <> 'Unknown'
        and cube.denominator >= 100
        and cube.numerator is not null
),

directed as (
    select
        measure_group.*,
        measure.title,
        measure.better,
        case measure.better when 'higher' then measure_group.rate else -measure_group.rate end as goodness
    from measure_group
    inner join published.query as measure on measure_group.measure_id = measure.id
),

ends as (
    select
        directed.population,
        directed.measure_id,
        directed.group_id,
        directed.year,
        directed.dimension,
        any_value(directed.title) as title,
        any_value(directed.better) as better,
        count(*) as group_count,
        arg_min(directed.group_value, (directed.goodness, directed.group_value)) as worst_group,
        arg_min(directed.numerator, (directed.goodness, directed.group_value)) as worst_numerator,
        arg_min(directed.denominator, (directed.goodness, directed.group_value)) as worst_denominator,
        arg_max(directed.group_value, (directed.goodness, directed.group_value)) as best_group,
        arg_max(directed.numerator, (directed.goodness, directed.group_value)) as best_numerator,
        arg_max(directed.denominator, (directed.goodness, directed.group_value)) as best_denominator
    from directed
    group by directed.population, directed.measure_id, directed.group_id, directed.year, directed.dimension
)

select
    ends.population,
    ends.measure_id,
    ends.group_id,
    ends.year,
    ends.dimension,
    ends.title,
    ends.better,
    ends.group_count,
    ends.worst_group,
    ends.worst_numerator,
    ends.worst_denominator,
    ends.best_group,
    ends.best_numerator,
    ends.best_denominator,
    100.0 * ends.worst_numerator / ends.worst_denominator
    - 100.0 * ends.best_numerator / ends.best_denominator as gap_points
from ends
where ends.group_count > 1
order by abs(gap_points) desc, ends.measure_id asc, ends.group_id asc, ends.dimension asc, ends.population asc
