-- title:       People with their dates and places, as published
-- question:    Who is in this warehouse, born when, died when, living where?
-- grain:       person_id
-- why:         Leaves in a limited data set only (45 CFR 164.514(e)): birth and death dates, county and five-digit ZIP
--     code are protected health information. Under any other policy the published file doesn't hold this table.
select
    p.person_id,
    p.population,
    p.sex,
    p.race,
    p.ethnicity,
    p.language,
    p.state,
    p.county_fips,
    p.zip_code,
    p.is_deceased,
    p.birth_date,
    p.death_date
from core.person as p
