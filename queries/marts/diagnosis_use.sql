-- title:       Principal diagnoses on claims by sex and age
-- question:    Which principal diagnoses do claims carry, for people of which sex and age, and how often?
-- grain:       data_source, code_system, code, sex, age_years
-- why:         Codes that don't fit the person (pregnancy of a man, a newborn of sixty) say that people or codes were
--     mixed up. The first diagnosis of an accepted claim counts; the others are written by the same hand, and would
--     cost four times as much to look at. Age is that of the day on which the claim begins, null where a date is
--     missing.
with coded as (
    select
        c.data_source,
        c.person_id,
        c.diagnosis_system,
        c.claim_start_date,
        c.diagnosis_codes[1] as code
    from core.claim as c
    where not c.is_denied and len(c.diagnosis_codes) > 0
)

select
    c.data_source,
    c.diagnosis_system as code_system,
    c.code,
    p.sex,
    year(c.claim_start_date) - year(p.birth_date)
    - case
        when
            100 * month(c.claim_start_date) + day(c.claim_start_date) < 100 * month(p.birth_date) + day(p.birth_date)
            then 1
        else 0
    end as age_years,
    count(*) as row_count
from coded as c
inner join core.person as p on c.person_id = p.person_id
group by all
