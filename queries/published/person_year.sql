-- title:       People by year, as published
-- question:    Who was present in each year, and what may be told of them?
-- grain:       person_id, year
-- why:         marts.person_year without exact dates, of people who were present. The policy of the build takes
--     columns away and coarsens ages and places when it copies this table. age_top_coded is the age with 90 and over
--     as one group over all of a person's years: an age of 88 in one year and 90+ two years on would tell the exact
--     age.
select
    p.person_id,
    p.population,
    p.year,
    p.age_years,
    case
        when max(p.age_years) over (partition by p.person_id) >= 90 then 90
        else p.age_years
    end as age_top_coded,
    p.age_band,
    p.sex,
    p.race,
    p.ethnicity,
    p.language,
    p.payer_type,
    p.state,
    p.county_fips,
    p.zip3,
    p.organization_key,
    p.deprivation_quintile,
    p.rurality,
    p.member_months,
    p.pharmacy_member_months,
    p.medical_allowed_usd,
    p.pharmacy_allowed_usd,
    p.medical_paid_usd,
    p.pharmacy_paid_usd,
    p.ed_visits,
    p.inpatient_stays,
    p.visits,
    p.is_present
from marts.person_year as p
where p.is_present
