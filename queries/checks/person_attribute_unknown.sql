-- title:       People of unknown sex, race, ethnicity, language or place
-- question:    For how many people is each attribute that equity is judged by unknown?
-- grain:       data_source, attribute
-- kind:        completeness
-- threshold:   20 % of people
-- remedy:      Ask the source for its own records of race, ethnicity and language; never fill them in by guessing.
-- why:         A gap between groups means little when a fifth of the people are in none of them.
with unknown as (
    select
        p.data_source,
        count(*) as people,
        count(*) - count(p.sex) as sex,
        count(*) - count(p.race) as race,
        count(*) - count(p.ethnicity) as ethnicity,
        count(*) - count(p.language) as language,
        count(*) - count(p.county_fips) as county,
        count(*) - count(p.zip_code) as zip_code
    from core.person as p
    group by p.data_source
),

attribute as (
    select u.data_source, 'sex' as attribute, u.sex as found_count, u.people as checked_count
    from unknown as u
    union all
    select u.data_source, 'race', u.race, u.people
    from unknown as u
    union all
    select u.data_source, 'ethnicity', u.ethnicity, u.people
    from unknown as u
    union all
    select u.data_source, 'language', u.language, u.people
    from unknown as u
    union all
    select u.data_source, 'county', u.county, u.people
    from unknown as u
    union all
    select u.data_source, 'zip_code', u.zip_code, u.people
    from unknown as u
)

select a.data_source, a.attribute, a.found_count, a.checked_count
from attribute as a
where a.found_count > 0
