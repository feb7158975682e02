-- title:       People in the input layer
-- grain:       data_source, source_person_id
-- why:         Tuva's race words are brought to the OMB categories. An ethnicity written as race is no race.
--     In files that were de-identified a birth date may be a year (1 January stands for it, so that age at the end of a
--     year is the difference of the years), or '90 or older', as a birth date or as an age: that is read as 90 years
--     before the last year in which the source's enrolment begins, which is the least it can be, and belongs to the
--     oldest age band. A ZIP code may be its first three digits (021, 021**); 000 is none.
with last_enrolment as (
    select
        e.data_source,
        max(year(e.enrollment_start_date)) as year
    from raw.input_layer_eligibility as e
    group by e.data_source
),

patient as (
    select
        p.*,
        case
            when
                p.birth_date is null
                and (
                    p.birth_date_precision = '90 or older'
                    or regexp_full_match(
                        lower(trim(p.age)), '(90 ?[+]|90 .*(older|over|above|more)|> ?89|>= ?90|89 ?[+])'
                    )
                )
                then make_date(e.year - 90, 1, 1)
            else p.birth_date
        end as known_birth_date,
        lower(trim(p.race)) as race_text,
        lower(trim(p.ethnicity)) as ethnicity_text
    from raw.input_layer_patient as p
    left join last_enrolment as e on p.data_source = e.data_source
)

select
    data_source,
    person_id as source_person_id,
    known_birth_date as birth_date,
    death_date,
    (death_date is not null or coalesce(death_flag, false)) as is_deceased,
    case lower(sex)
        when 'female' then 'female' when 'f' then 'female'
        when 'male' then 'male' when 'm' then 'male'
        when 'other' then 'other'
    end as sex,
    case lower(sex)
        when 'female' then '248152002' when 'f' then '248152002'
        when 'male' then '248153007' when 'm' then '248153007'
    end as sex_code,
    case
        when race_text in ('white', 'caucasian') then 'White'
        when race_text in ('black or african american', 'black', 'african american') then 'Black or African American'
        when race_text = 'asian' then 'Asian'
        when
            race_text in (
                'american indian or alaska native', 'american indian', 'alaska native', 'north american native'
            )
            then 'American Indian or Alaska Native'
        when race_text in (
            'native hawaiian or other pacific islander', 'native hawaiian', 'pacific islander'
        ) then 'Native Hawaiian or Other Pacific Islander'
        when race_text in ('two or more races', 'multiracial', 'more than one race') then 'Two or More Races'
        when race_text in ('other race', 'other', 'some other race') then 'Other Race'
    end as race,
    race_source,
    case
        when ethnicity_text in ('hispanic or latino', 'hispanic', 'latino') then 'Hispanic or Latino'
        when ethnicity_text in ('not hispanic or latino', 'not hispanic', 'non-hispanic') then 'Not Hispanic or Latino'
        when race_text in ('hispanic or latino', 'hispanic', 'latino') then 'Hispanic or Latino'
    end as ethnicity,
    coalesce(
        ethnicity_source,
        case when ethnicity is null and race_text in ('hispanic or latino', 'hispanic', 'latino') then 'race field' end
    ) as ethnicity_source,
    language,
    case when length(state) = 2 then upper(state) end as state,
    case
        when county_fips similar to '[0-9]{5}' then county_fips
        when county similar to '[0-9]{5}' then county
    end as county_fips,
    case
        when zip_code similar to '[0-9]{5}(-?[0-9]{4})?' and zip_code[:5] <> '00000' then zip_code[:5]
        when zip_code similar to '[0-9]{3}[*xX]{0,2}' and zip_code[:3] <> '000' then zip_code[:3]
    end as zip_code
from patient
