-- title:       Readmissions by group
-- question:    In each group, how many stays were followed by another within 30 days?
-- grain:       population, year, dimension, group_value
-- dimensions:  dimension, group_value
-- filters:     population, year, dimension
-- counts:      people; people under index_stays; readmissions of index_stays; planned_readmissions of index_stays;
--     people within use.people
-- why:         A stay counts in the year in which it ended, in the group in which its person was in that year;
--     organization is the one that answers for the person (core.attribution), not the hospital. Which stays are index
--     stays, and which readmissions are planned and set apart: core.readmission. Not adjusted for risk.
with stay as (
    select
        r.population,
        year(r.index_end_date) as year,
        r.person_id,
        r.is_readmitted_30_days,
        coalesce(r.is_planned, false) as is_planned,
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
        coalesce(p.rurality, 'Unknown') as rurality
    from core.readmission as r
    inner join reference.period as t on year(r.index_end_date) = t.year
    left join marts.person_year as p on r.person_id = p.person_id and year(r.index_end_date) = p.year
    where r.is_index
)

select
    s.population,
    cast(s.year as integer) as year,
    case
        when grouping(s.sex) = 0 then 'sex'
        when grouping(s.age_band) = 0 then 'age_band'
        when grouping(s.race) = 0 then 'race'
        when grouping(s.ethnicity) = 0 then 'ethnicity'
        when grouping(s.language) = 0 then 'language'
        when grouping(s.payer_type) = 0 then 'payer_type'
        when grouping(s.organization) = 0 then 'organization'
        when grouping(s.county) = 0 then 'county'
        when grouping(s.zip3) = 0 then 'zip3'
        when grouping(s.deprivation) = 0 then 'deprivation'
        when grouping(s.rurality) = 0 then 'rurality'
        else 'all'
    end as dimension,
    coalesce(
        s.sex, s.age_band, s.race, s.ethnicity, s.language, s.payer_type, s.organization, s.county, s.zip3,
        s.deprivation, s.rurality, 'all'
    ) as group_value,
    count(distinct s.person_id) as people,
    count(*) as index_stays,
    count(*) filter (where s.is_readmitted_30_days) as readmissions,
    count(*) filter (where s.is_planned) as planned_readmissions
from stay as s
group by grouping sets (
    (s.population, s.year),
    (s.population, s.year, s.sex),
    (s.population, s.year, s.age_band),
    (s.population, s.year, s.race),
    (s.population, s.year, s.ethnicity),
    (s.population, s.year, s.language),
    (s.population, s.year, s.payer_type),
    (s.population, s.year, s.organization),
    (s.population, s.year, s.county),
    (s.population, s.year, s.zip3),
    (s.population, s.year, s.deprivation),
    (s.population, s.year, s.rurality)
)
