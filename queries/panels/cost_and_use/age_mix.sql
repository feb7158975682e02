-- title:       How much of the change in cost is age
-- question:    Would cost per member per month have changed as it did, had only the ages of the members changed?
-- grain:       population, year, base_year
-- dimensions:  year, base_year
-- sums:        change_usd by people; age_mix_change_usd by people; other_change_usd by people
-- counts:      people
-- filters:     population, year, base_year
-- why:         age_mix_change is what the earlier year's medical PMPM of each age group would give with the later
--              year's shares of member months, less the earlier year's own: the change that older or younger members
--              explain by themselves. The rest is all else. Medical cost only, for its member months. Null where an
--              age group of either year is hidden.
with age as (
    select
        cube.population,
        cube.year,
        cube.group_value as age_band,
        cube.people,
        cube.member_months,
        cube.medical_allowed_usd
    from cubes.use as cube
    where cube.dimension = 'age_band'
),

plan as (
    select
        cube.population,
        cube.year,
        cube.people,
        cube.member_months,
        cube.medical_allowed_usd / nullif(cube.member_months, 0) as pmpm_usd
    from cubes.use as cube
    where cube.dimension = 'all'
),

expected as (
    select
        later.population,
        later.year,
        sum(later.member_months * earlier.medical_allowed_usd / nullif(earlier.member_months, 0)) as expected_usd,
        bool_and(
            later.member_months = 0
            or (
                later.member_months is not null
                and earlier.medical_allowed_usd is not null
                and earlier.member_months > 0
            )
        ) as is_complete
    from age as later
    left join age as earlier
        on
            later.population = earlier.population
            and later.year = earlier.year + 1
            and later.age_band = earlier.age_band
    group by later.population, later.year
)

select
    later.population,
    later.year,
    earlier.year as base_year,
    later.people,
    later.pmpm_usd - earlier.pmpm_usd as change_usd,
    case when expected.is_complete then expected.expected_usd / nullif(later.member_months, 0) - earlier.pmpm_usd end
        as age_mix_change_usd,
    case when expected.is_complete then later.pmpm_usd - expected.expected_usd / nullif(later.member_months, 0) end
        as other_change_usd
from plan as later
inner join plan as earlier on later.population = earlier.population and later.year = earlier.year + 1
left join expected on later.population = expected.population and later.year = expected.year
order by later.population, later.year
