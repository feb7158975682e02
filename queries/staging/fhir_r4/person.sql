-- title:       People in FHIR
-- grain:       data_source, source_person_id
-- why:         Race and ethnicity are two questions with several places for an answer: the OMB category says most,
--              then a detailed code, then text. Some exports put the ethnicity "Hispanic" into race; it is no race.
-- see:         US Core race and ethnicity extensions; OMB 1997 standards
with patient as (
    select * from raw.fhir_r4_patient
    where merged_into is null
),

race_code as (
    select
        data_source,
        id,
        -- Category codes; 2131-1 is "Other race"; 2135-2 and 2186-5 are ethnicities in the wrong place.
        list_distinct(
            list_filter(race_omb, lambda c: c in ('2106-3', '2054-5', '2028-9', '1002-5', '2076-8', '2131-1'))
        )
            as category,
        -- The first digits of a detailed code (CDC Race & Ethnicity) tell its category.
        list_distinct(list_filter(list_transform(race_detailed, lambda c: case
            when c between '1004-1' and '1994-9' then '1002-5'
            when c between '2029-7' and '2053-7' then '2028-9'
            when c between '2056-0' and '2075-9' then '2054-5'
            when c between '2078-4' and '2105-4' then '2076-8'
            when c between '2108-9' and '2130-9' then '2106-3'
            when c in ('2500-7') then '2076-8'
        end), lambda c: c is not null)) as detailed,
        lower(race_text[1]) as text
    from patient
),

race_known as (
    select
        data_source,
        id,
        case
            when len(category) > 0 then category
            when len(detailed) > 0 then detailed
            when text like '%white%' then ['2106-3']
            when text like '%black%' or text like '%african%' then ['2054-5']
            when text like '%hawaiian%' or text like '%pacific%' then ['2076-8']
            when text like '%asian%' and text not like '%caucasian%' then ['2028-9']
            when text like '%american indian%' or text like '%alaska%' then ['1002-5']
            when text in ('other', 'other race', 'some other race') then ['2131-1']
        end as races,
        case
            when len(category) > 0 then 'omb category'
            when len(detailed) > 0 then 'detailed code'
            when text is not null then 'text'
        end as source
    from race_code
),

race as (
    select
        data_source,
        id,
        case
            when len(races) > 1 then 'Two or More Races'
            when races[1] = '2106-3' then 'White'
            when races[1] = '2054-5' then 'Black or African American'
            when races[1] = '2028-9' then 'Asian'
            when races[1] = '1002-5' then 'American Indian or Alaska Native'
            when races[1] = '2076-8' then 'Native Hawaiian or Other Pacific Islander'
            when races[1] = '2131-1' then 'Other Race'
        end as race,
        source
    from race_known
),

final as (
    select
        patient.data_source,
        patient.id as source_person_id,
        patient.birth_date,
        patient.death_date,
        (patient.death_date is not null or coalesce(patient.deceased, false)) as is_deceased,
        case when patient.gender in ('female', 'male', 'other') then patient.gender end as sex,
        coalesce(
            patient.sex_code,
            case patient.birth_sex when 'F' then '248152002' when 'M' then '248153007' end
        ) as sex_code,
        case
            when race.race is not null then race.race
            -- CMS beneficiary race code: one field for race and ethnicity.
            when patient.cms_race = '1' then 'White'
            when patient.cms_race = '2' then 'Black or African American'
            when patient.cms_race = '3' then 'Other Race'
            when patient.cms_race = '4' then 'Asian'
            when patient.cms_race = '6' then 'American Indian or Alaska Native'
        end as race,
        case
            when race.race is not null then race.source
            when patient.cms_race in ('1', '2', '3', '4', '6') then 'claims code'
        end as race_source,
        case
            when list_contains(patient.ethnicity_omb, '2135-2') then 'Hispanic or Latino'
            -- "Hispanic" given as race is an answer; a "not Hispanic" beside it is the exporter's default.
            when list_contains(patient.race_omb, '2135-2') then 'Hispanic or Latino'
            when list_contains(patient.ethnicity_omb, '2186-5') then 'Not Hispanic or Latino'
            when len(patient.ethnicity_detailed) > 0 then 'Hispanic or Latino'
            when lower(patient.ethnicity_text[1]) in ('not hispanic or latino', 'non-hispanic', 'nonhispanic')
                then 'Not Hispanic or Latino'
            when lower(patient.ethnicity_text[1]) in ('hispanic or latino', 'hispanic') then 'Hispanic or Latino'
            when patient.cms_race = '5' then 'Hispanic or Latino'
        end as ethnicity,
        case
            when list_contains(patient.ethnicity_omb, '2135-2') then 'omb category'
            when list_contains(patient.race_omb, '2135-2') then 'race field'
            when list_contains(patient.ethnicity_omb, '2186-5') then 'omb category'
            when len(patient.ethnicity_detailed) > 0 then 'detailed code'
            when lower(patient.ethnicity_text[1]) in (
                'not hispanic or latino', 'non-hispanic', 'nonhispanic', 'hispanic or latino', 'hispanic'
            ) then 'text'
            when patient.cms_race = '5' then 'claims code'
        end as ethnicity_source,
        case lower(split_part(patient.language, '-', 1))
            when 'en' then 'English' when 'eng' then 'English'
            when 'es' then 'Spanish' when 'spa' then 'Spanish'
            when 'zh' then 'Chinese' when 'chi' then 'Chinese' when 'zho' then 'Chinese'
            when 'vi' then 'Vietnamese' when 'vie' then 'Vietnamese'
            when 'tl' then 'Tagalog' when 'fil' then 'Tagalog' when 'tgl' then 'Tagalog'
            when 'ar' then 'Arabic' when 'ara' then 'Arabic'
            when 'ko' then 'Korean' when 'kor' then 'Korean'
            when 'ru' then 'Russian' when 'rus' then 'Russian'
            when 'fr' then 'French' when 'fre' then 'French' when 'fra' then 'French'
            when 'ht' then 'Haitian Creole' when 'hat' then 'Haitian Creole'
            when 'pt' then 'Portuguese' when 'por' then 'Portuguese'
            when 'de' then 'German' when 'ger' then 'German' when 'deu' then 'German'
            when 'it' then 'Italian' when 'ita' then 'Italian'
            when 'pl' then 'Polish' when 'pol' then 'Polish'
            when 'hi' then 'Hindi' when 'hin' then 'Hindi'
            when 'ja' then 'Japanese' when 'jpn' then 'Japanese'
            when 'fa' then 'Persian' when 'per' then 'Persian' when 'fas' then 'Persian'
            when 'ur' then 'Urdu' when 'urd' then 'Urdu'
            when 'so' then 'Somali' when 'som' then 'Somali'
            when 'ase' then 'American Sign Language' when 'sgn' then 'Sign language'
            else case when patient.language is not null then 'Other language' end
        end as language,
        case
            when length(patient.state) = 2 and patient.state similar to '[A-Za-z]{2}' then upper(patient.state)
            else state.state
        end as state,
        case when patient.district similar to '[0-9]{5}' then patient.district end as county_fips,
        -- 00000 is a filler, and no ZIP code.
        case
            when patient.postal_code similar to '[0-9]{5}(-?[0-9]{4})?' and patient.postal_code[:5] <> '00000'
                then patient.postal_code[:5]
        end as zip_code
    from patient
    left join race on race.data_source = patient.data_source and race.id = patient.id
    left join (
        values
        ('alabama', 'AL'), ('alaska', 'AK'), ('arizona', 'AZ'), ('arkansas', 'AR'), ('california', 'CA'),
        ('colorado', 'CO'), ('connecticut', 'CT'), ('delaware', 'DE'), ('district of columbia', 'DC'),
        ('florida', 'FL'), ('georgia', 'GA'), ('hawaii', 'HI'), ('idaho', 'ID'), ('illinois', 'IL'),
        ('indiana', 'IN'), ('iowa', 'IA'), ('kansas', 'KS'), ('kentucky', 'KY'), ('louisiana', 'LA'), ('maine', 'ME'),
        ('maryland', 'MD'), ('massachusetts', 'MA'), ('michigan', 'MI'), ('minnesota', 'MN'), ('mississippi', 'MS'),
        ('missouri', 'MO'), ('montana', 'MT'), ('nebraska', 'NE'), ('nevada', 'NV'), ('new hampshire', 'NH'),
        ('new jersey', 'NJ'), ('new mexico', 'NM'), ('new york', 'NY'), ('north carolina', 'NC'),
        ('north dakota', 'ND'), ('ohio', 'OH'), ('oklahoma', 'OK'), ('oregon', 'OR'), ('pennsylvania', 'PA'),
        ('rhode island', 'RI'), ('south carolina', 'SC'), ('south dakota', 'SD'), ('tennessee', 'TN'),
        ('texas', 'TX'), ('utah', 'UT'), ('vermont', 'VT'), ('virginia', 'VA'), ('washington', 'WA'),
        ('west virginia', 'WV'), ('wisconsin', 'WI'), ('wyoming', 'WY'), ('puerto rico', 'PR')
    ) as state (name, state) on state.name = lower(patient.state)
)

select * from final
