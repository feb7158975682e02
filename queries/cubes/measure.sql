-- title:       Measures by group
-- question:    In each group, how many people does a measure count, and for how many is it met?
-- grain:       population, measure_id, group_id, year, dimension, group_value
-- dimensions:  dimension, group_value
-- filters:     population, measure_id, group_id, year, dimension
-- counts:      numerator of denominator; denominator under initial_population;
--     exclusion with initial_population; exception with initial_population;
--     outside_denominator with initial_population; not_counted with initial_population;
--     denominator within use.people; initial_population within use.people
-- why:         One row for each population, measure, year, dimension and group; the dimension 'all' is everyone of the
--     population. The denominator is after exclusions and exceptions. A person of the measure who isn't in
--     marts.person_year stays, in groups Unknown. outside_denominator is what the initial population and the
--     denominator differ by: it is a count of people in its own right, written out so that no small one can be had by
--     subtraction; so is not_counted, those outside who are neither excluded nor excepted. A measure that needs what a
--     population's data don't hold (core.capability) has no row: 0 % or 100 % would be a statement about the file.
with not_computable as (
    select distinct
        c.population,
        n.measure_id
    from core.measure_need as n
    inner join core.capability as c on n.capability = c.capability
    where not c.is_available
),

result as (
    select
        d.population,
        r.measure_id,
        r.group_id,
        cast(year(r.period_start) as integer) as year,
        coalesce(p.sex, 'Unknown') as sex,
        coalesce(p.age_band, 'Unknown') as age_band,
        coalesce(p.race, 'Unknown') as race,
        coalesce(p.ethnicity, 'Unknown') as ethnicity,
        coalesce(p.language, 'Unknown') as language,
        coalesce(p.payer_type, 'Unknown') as payer_type,
        coalesce(cast(p.organization_key as varchar), 'Unknown') as organization,
        coalesce(p.county_fips, 'Unknown') as county,
        coalesce(p.zip3, 'Unknown') as zip3,
        coalesce(cast(p.deprivation_quintile as varchar), 'Unknown') as deprivation,
        coalesce(p.rurality, 'Unknown') as rurality,
        r.in_denominator,
        r.in_numerator,
        r.is_excluded,
        r.is_exception
    from measures.result as r
    inner join core.person as d on r.person_id = d.person_id
    anti join not_computable as x on d.population = x.population and r.measure_id = x.measure_id
    left join marts.person_year as p on r.person_id = p.person_id and year(r.period_start) = p.year
    where r.in_initial_population
)

select
    r.population,
    r.measure_id,
    r.group_id,
    r.year,
    case
        when grouping(r.sex) = 0 then 'sex'
        when grouping(r.age_band) = 0 then 'age_band'
        when grouping(r.race) = 0 then 'race'
        when grouping(r.ethnicity) = 0 then 'ethnicity'
        when grouping(r.language) = 0 then 'language'
        when grouping(r.payer_type) = 0 then 'payer_type'
        when grouping(r.organization) = 0 then 'organization'
        when grouping(r.county) = 0 then 'county'
        when grouping(r.zip3) = 0 then 'zip3'
        when grouping(r.deprivation) = 0 then 'deprivation'
        when grouping(r.rurality) = 0 then 'rurality'
        else 'all'
    end as dimension,
    coalesce(
        r.sex, r.age_band, r.race, r.ethnicity, r.language, r.payer_type, r.organization, r.county, r.zip3,
        r.deprivation, r.rurality, 'all'
    ) as group_value,
    count(*) as initial_population,
    count(*) filter (where r.in_denominator) as denominator,
    count(*) filter (where r.in_numerator) as numerator,
    count(*) filter (where r.is_excluded) as exclusion,
    count(*) filter (where r.is_exception) as exception,
    count(*) filter (where not r.in_denominator) as outside_denominator,
    count(*) filter (where not r.in_denominator and not r.is_excluded and not r.is_exception) as not_counted
from result as r
group by grouping sets (
    (r.population, r.measure_id, r.group_id, r.year),
    (r.population, r.measure_id, r.group_id, r.year, r.sex),
    (r.population, r.measure_id, r.group_id, r.year, r.age_band),
    (r.population, r.measure_id, r.group_id, r.year, r.race),
    (r.population, r.measure_id, r.group_id, r.year, r.ethnicity),
    (r.population, r.measure_id, r.group_id, r.year, r.language),
    (r.population, r.measure_id, r.group_id, r.year, r.payer_type),
    (r.population, r.measure_id, r.group_id, r.year, r.organization),
    (r.population, r.measure_id, r.group_id, r.year, r.county),
    (r.population, r.measure_id, r.group_id, r.year, r.zip3),
    (r.population, r.measure_id, r.group_id, r.year, r.deprivation),
    (r.population, r.measure_id, r.group_id, r.year, r.rurality)
)
