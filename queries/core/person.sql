-- title:       People
-- question:    Who is in this warehouse, with one set of demographics each?
-- grain:       person_id
-- why:         A person may come in several rows (sources linked by a crosswalk, records sent again). The row with
--     most of birth date, sex, race, ethnicity, language, county and ZIP code filled in is kept, on a tie the first
--     in the order of data_source and birth date. Only a death is taken from any row, the earliest date given, since
--     a death missed is worse than a death in a second file. Zeros for an unknown ZIP code become null. A language is
--     one of the listed words and a state is a state: free text could name a person, and these name groups on pages.
--     population says with whom a person may be counted (core.population).
with candidate as (
    select
        k.person_id,
        s.*,
        min(s.death_date) over (partition by k.person_id) as first_death_date,
        cast(s.birth_date is not null as integer)
        + cast(s.sex is not null as integer)
        + cast(s.race is not null as integer)
        + cast(s.ethnicity is not null as integer)
        + cast(s.language is not null as integer)
        + cast(s.county_fips is not null as integer)
        + cast(s.zip_code is not null as integer) as known_columns
    from staging.person as s
    inner join core.person_key as k
        on s.data_source = k.data_source and s.source_person_id = k.source_person_id
),

chosen as (
    select c.*
    from candidate as c
    qualify row_number() over (
        partition by c.person_id
        order by
            c.known_columns desc, c.data_source, c.birth_date, c.sex, c.race, c.ethnicity, c.language, c.zip_code,
            c.source_person_id
    ) = 1
)

select
    c.person_id,
    c.data_source,
    o.population,
    c.sex,
    c.sex_code,
    c.race,
    c.race_source,
    c.ethnicity,
    c.ethnicity_source,
    case
        when
            lower(c.language) in (
                'american sign language', 'amharic', 'arabic', 'armenian', 'bengali', 'bosnian', 'burmese',
                'cantonese', 'chinese', 'dari', 'english', 'french', 'german', 'greek', 'gujarati', 'haitian creole',
                'hebrew', 'hindi', 'hmong', 'italian', 'japanese', 'karen', 'khmer', 'kinyarwanda', 'korean',
                'kurdish', 'lao', 'mandarin', 'navajo', 'nepali', 'pashto', 'persian', 'polish', 'portuguese',
                'punjabi', 'romanian', 'russian', 'serbian', 'sign language', 'somali', 'spanish', 'swahili',
                'tagalog', 'tamil', 'telugu', 'thai', 'tigrinya', 'turkish', 'ukrainian', 'urdu', 'vietnamese',
                'yiddish', 'yoruba'
            )
            then c.language
        when c.language is not null then 'Other language'
    end as language,
    case when c.state in (select a.state from reference.area as a) then c.state end as state,
    c.county_fips,
    nullif(c.zip_code, '00000') as zip_code,
    left(nullif(c.zip_code, '00000'), 3) as zip3,
    coalesce(c.is_deceased or c.first_death_date is not null, false) as is_deceased,
    c.birth_date,
    c.first_death_date as death_date
from chosen as c
left join core.population as o on c.data_source = o.data_source
order by c.person_id
