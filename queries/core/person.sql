-- title:       People
-- question:    Who is in this warehouse, with one set of demographics each?
-- grain:       person_id
-- why:         A person may come in several records: sources linked by a crosswalk, or one source that lists a person
--     twice under two numbers. Records are taken in this order: the one with most of birth date, sex, race, ethnicity,
--     language, county and ZIP code filled in, on a tie by data_source. What one record leaves open the next fills in.
--     Where they contradict each other (core.person_conflict lists that): sex is what most data sources say, and so is
--     the birth date, on a tie one that isn't 1 January, which often stands for a year alone; then the order decides.
--     Race, ethnicity and language are the first stated; state, county and ZIP code come from one record together,
--     since half of one address and half of another is no place. Death is taken from any record, the earliest date
--     that isn't before birth: a death missed is worse than a death in a second file. Someone known to have died
--     without a usable date stays deceased, and nothing is cut. Zeros for an unknown ZIP code are null; of one
--     given by three digits only its ZIP3 is known. A language is
--     one of the listed words and a state is a state: free text could name a person, and these name groups on pages.
--     population says with whom a person may be counted (core.population).
with record as (
    select
        k.person_id,
        s.*
    from staging.person as s
    inner join core.person_key as k
        on s.data_source = k.data_source and s.source_person_id = k.source_person_id
),

repeated as (
    select r.person_id
    from record as r
    group by r.person_id
    having count(*) > 1
),

ranked as (
    select
        r.*,
        row_number() over (
            partition by r.person_id
            order by
                (
                    cast(r.birth_date is not null as integer)
                    + cast(r.sex is not null as integer)
                    + cast(r.race is not null as integer)
                    + cast(r.ethnicity is not null as integer)
                    + cast(r.language is not null as integer)
                    + cast(r.county_fips is not null as integer)
                    + cast(r.zip_code is not null as integer)
                ) desc,
                r.data_source, r.birth_date, r.sex, r.race, r.ethnicity, r.language, r.zip_code, r.source_person_id
        ) as record_number
    from record as r
    semi join repeated as m on r.person_id = m.person_id
),

sex_vote as (
    select
        r.person_id,
        r.sex,
        count(distinct r.data_source) as data_sources,
        min(r.record_number) as first_record
    from ranked as r
    where r.sex is not null
    group by r.person_id, r.sex
),

sex_choice as (
    select v.person_id, v.sex
    from sex_vote as v
    qualify row_number() over (partition by v.person_id order by v.data_sources desc, v.first_record) = 1
),

birth_vote as (
    select
        r.person_id,
        r.birth_date,
        count(distinct r.data_source) as data_sources,
        min(r.record_number) as first_record
    from ranked as r
    where r.birth_date is not null
    group by r.person_id, r.birth_date
),

birth_choice as (
    select v.person_id, v.birth_date
    from birth_vote as v
    qualify row_number() over (
        partition by v.person_id
        order by
            v.data_sources desc, (month(v.birth_date) = 1 and day(v.birth_date) = 1), v.first_record
    ) = 1
),

merged as (
    select
        r.person_id,
        min_by(r.data_source, r.record_number) as data_source,
        any_value(x.sex) as sex,
        min_by(r.sex_code, r.record_number) filter (where r.sex = x.sex and r.sex_code is not null) as sex_code,
        min_by({ 'name': r.race, 'source': r.race_source }, r.record_number) filter (
            where r.race is not null
        ) as race,
        min_by({ 'name': r.ethnicity, 'source': r.ethnicity_source }, r.record_number) filter (
            where r.ethnicity is not null
        ) as ethnicity,
        min_by(r.language, r.record_number) filter (where r.language is not null) as language,
        min_by({ 'state': r.state, 'county_fips': r.county_fips, 'zip_code': r.zip_code }, r.record_number) filter (
            where coalesce(r.county_fips, r.zip_code, r.state) is not null
        ) as place,
        coalesce(bool_or(r.is_deceased), false) or count(r.death_date) > 0 as is_deceased,
        any_value(b.birth_date) as birth_date,
        min(r.death_date) filter (where r.death_date >= coalesce(b.birth_date, r.death_date)) as death_date
    from ranked as r
    left join sex_choice as x on r.person_id = x.person_id
    left join birth_choice as b on r.person_id = b.person_id
    group by r.person_id
),

person as (
    select
        r.person_id,
        r.data_source,
        r.sex,
        r.sex_code,
        r.race,
        r.race_source,
        r.ethnicity,
        r.ethnicity_source,
        r.language,
        r.state,
        r.county_fips,
        r.zip_code,
        coalesce(r.is_deceased, false) or r.death_date is not null as is_deceased,
        r.birth_date,
        case when r.death_date >= coalesce(r.birth_date, r.death_date) then r.death_date end as death_date
    from record as r
    anti join repeated as m on r.person_id = m.person_id
    union all
    select
        m.person_id,
        m.data_source,
        m.sex,
        m.sex_code,
        m.race.name as race,
        m.race.source as race_source,
        m.ethnicity.name as ethnicity,
        m.ethnicity.source as ethnicity_source,
        m.language,
        m.place.state as state,
        m.place.county_fips as county_fips,
        m.place.zip_code as zip_code,
        m.is_deceased,
        m.birth_date,
        m.death_date
    from merged as m
)

select
    p.person_id,
    p.data_source,
    o.population,
    p.sex,
    p.sex_code,
    p.race,
    p.race_source,
    p.ethnicity,
    p.ethnicity_source,
    case
        when
            lower(p.language) in (
                'american sign language', 'amharic', 'arabic', 'armenian', 'bengali', 'bosnian', 'burmese',
                'cantonese', 'chinese', 'dari', 'english', 'french', 'german', 'greek', 'gujarati', 'haitian creole',
                'hebrew', 'hindi', 'hmong', 'italian', 'japanese', 'karen', 'khmer', 'kinyarwanda', 'korean',
                'kurdish', 'lao', 'mandarin', 'navajo', 'nepali', 'pashto', 'persian', 'polish', 'portuguese',
                'punjabi', 'romanian', 'russian', 'serbian', 'sign language', 'somali', 'spanish', 'swahili',
                'tagalog', 'tamil', 'telugu', 'thai', 'tigrinya', 'turkish', 'ukrainian', 'urdu', 'vietnamese',
                'yiddish', 'yoruba'
            )
            then p.language
        when p.language is not null then 'Other language'
    end as language,
    case when p.state in (select a.state from reference.area as a) then p.state end as state,
    p.county_fips,
    case when length(p.zip_code) = 5 and p.zip_code <> '00000' then p.zip_code end as zip_code,
    left(nullif(p.zip_code, '00000'), 3) as zip3,
    p.is_deceased,
    p.birth_date,
    p.death_date
from person as p
left join core.population as o on p.data_source = o.data_source
order by p.person_id
