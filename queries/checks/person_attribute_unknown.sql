-- title:       People of unknown sex, race, ethnicity, language or place
-- question:    For how many people is each attribute that equity is judged by unknown?
-- grain:       data_source, attribute
-- kind:        completeness
-- threshold:   20 % of people
-- affects:     groups
-- remedy:      Ask the source for its own records of race, ethnicity and language; never fill them in by guessing.
-- why:         A gap between groups means little when a fifth of the people are in none of them.
with known as (
    select
        p.data_source,
        count(*) as people,
        count(p.sex) as sex,
        count(p.race) as race,
        count(p.ethnicity) as ethnicity,
        count(p.language) as language,
        count(p.county_fips) as county,
        count(p.zip_code) as zip_code
    from core.person as p
    group by p.data_source
)

select k.data_source, 'sex' as attribute, k.people - k.sex as found_count, k.people as checked_count
from known as k
union all
select k.data_source, 'race', k.people - k.race, k.people
from known as k
union all
select k.data_source, 'ethnicity', k.people - k.ethnicity, k.people
from known as k
union all
select k.data_source, 'language', k.people - k.language, k.people
from known as k
union all
select k.data_source, 'county', k.people - k.county, k.people
from known as k
union all
select k.data_source, 'zip_code', k.people - k.zip_code, k.people
from known as k
