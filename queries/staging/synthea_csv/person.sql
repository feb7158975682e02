-- title:       People in Synthea's CSV files
-- grain:       data_source, source_person_id
-- why:         States are written in full and counties by name; the newer files add a county code. A county without a
--     code is looked up by name and state where one county only has that name. ZIP codes and county codes that lost
--     leading zeros in a spreadsheet get them back, because both have five digits; 00000 is no ZIP code.
with patient as (
    select
        p.*,
        regexp_replace(trim(p.zip), '[.]0+$', '') as zip_text,
        regexp_replace(trim(p.fips), '[.]0+$', '') as fips_text,
        lower(trim(p.race)) as race_text,
        lower(trim(p.ethnicity)) as ethnicity_text
    from raw.synthea_csv_patients as p
),

state as (
    select
        lower(a.area_name) as state_name,
        a.state as state
    from reference.area as a
    where a.area_level = 'state'
),

county as (
    select
        lower(a.area_name) as county_name,
        min(a.area_id) as county_fips
    from reference.area as a
    where a.area_level = 'county'
    group by lower(a.area_name)
    having count(*) = 1
),

placed as (
    select
        p.*,
        coalesce(s.state, case when length(trim(p.state)) = 2 then upper(trim(p.state)) end) as state_code
    from patient as p
    left join state as s on lower(trim(p.state)) = s.state_name
)

select
    p.data_source,
    p.id as source_person_id,
    p.birthdate as birth_date,
    p.deathdate as death_date,
    p.deathdate is not null as is_deceased,
    case upper(p.gender) when 'F' then 'female' when 'M' then 'male' end as sex,
    case upper(p.gender) when 'F' then '248152002' when 'M' then '248153007' end as sex_code,
    case p.race_text
        when 'white' then 'White'
        when 'black' then 'Black or African American'
        when 'asian' then 'Asian'
        when 'native' then 'American Indian or Alaska Native'
        when 'hawaiian' then 'Native Hawaiian or Other Pacific Islander'
        when 'other' then 'Other Race'
    end as race,
    case when p.race_text <> 'hispanic' then 'text' end as race_source,
    case
        when p.ethnicity_text = 'hispanic' then 'Hispanic or Latino'
        when p.ethnicity_text = 'nonhispanic' then 'Not Hispanic or Latino'
        when p.race_text = 'hispanic' then 'Hispanic or Latino'
    end as ethnicity,
    case
        when p.ethnicity_text in ('hispanic', 'nonhispanic') then 'text'
        when p.race_text = 'hispanic' then 'race field'
    end as ethnicity_source,
    cast(null as varchar) as language,
    p.state_code as state,
    coalesce(
        case when regexp_full_match(p.fips_text, '[0-9]{4,5}') then lpad(p.fips_text, 5, '0') end,
        c.county_fips
    ) as county_fips,
    case
        when regexp_full_match(p.zip_text, '[0-9]{3,5}') and cast(p.zip_text as integer) > 0
            then lpad(p.zip_text, 5, '0')
        when regexp_full_match(p.zip_text, '[0-9]{5}-[0-9]{4}') and left(p.zip_text, 5) <> '00000'
            then left(p.zip_text, 5)
    end as zip_code
from placed as p
left join county as c
    on
        lower(regexp_replace(trim(p.county), ' (county|parish|borough|census area|municipality)$', '', 'i'))
        || ', ' || lower(p.state_code) = c.county_name
