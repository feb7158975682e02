-- People, as the plan has them on record. There are no names, addresses, telephone or social security numbers.
select
    person_id,
    sex,
    recorded_race as race,
    race_source,
    recorded_ethnicity as ethnicity,
    ethnicity_source,
    recorded_language as language,
    birth_date,
    death_date,
    (death_date is not null)::integer as death_flag,
    state,
    county_fips,
    zip_code,
    'careparity_demo'::data_source as data_source
from person
