-- Who the people are and where they live. What the plan has on record may be unknown; what is true drives the effects.
with person as (
    select range::integer as person
    from range(getvariable('first_person'), getvariable('last_person'))
),

drawn as (
    select
        p.person,
        z.* exclude (slot),
        a.age,
        (case when uniform('sex', p.person) < a.female_share then 'female' else 'male' end)::sex as sex,
        draw('race', p.person) as race_draw,
        draw('language', p.person) as language_draw,
        draw('record', p.person) as record_draw,
        part(draw('ethnicity', p.person), 0) < z.hispanic_share as is_hispanic
    from person as p
    inner join lookup.zip_slot as z on (draw('home', p.person) & 65535)::integer = z.slot
    inner join lookup.age_slot as a on (draw('age', p.person) & 4095)::integer = a.slot
),

heritage as (
    select
        *,
        case
            when is_hispanic and part(race_draw, 0) < 0.55 then 'White'
            when is_hispanic and part(race_draw, 0) < 0.90 then 'Other Race'
            when part(race_draw, 1) < black_share then 'Black or African American'
            when part(race_draw, 1) < black_share + asian_share then 'Asian'
            when part(race_draw, 1) > 0.998 then 'American Indian or Alaska Native'
            when part(race_draw, 1) > 0.997 then 'Native Hawaiian or Other Pacific Islander'
            when part(race_draw, 1) > 0.972 then 'Two or More Races'
            else 'White'
        end as race,
        case when is_hispanic then 'Hispanic or Latino' else 'Not Hispanic or Latino' end as ethnicity,
        case
            when is_hispanic then 'hispanic'
            when part(race_draw, 1) < black_share then 'black'
            when part(race_draw, 1) < black_share + asian_share then 'asian'
            else 'other'
        end as heritage
    from drawn
),

language_step as (
    select
        heritage,
        language,
        sum(share_pct::double) over (partition by heritage order by language rows unbounded preceding)
        / 100 as share_to,
        (
            sum(share_pct::double) over (partition by heritage order by language rows unbounded preceding)
            - share_pct::double
        )
        / 100 as share_from
    from parameter.language
),

spoken as (
    select
        h.*,
        coalesce(l.language, 'English') as language
    from heritage as h
    left join language_step as l
        on
            h.heritage = l.heritage
            and part(h.language_draw, 0) >= l.share_from
            and part(h.language_draw, 0) < l.share_to
),

died as (
    select
        *,
        least(date '2023-01-01' - (age * 365.25 + uniform('birthday', person) * 365.25)::integer, date '2025-12-31')
            as birth_date,
        -- years to death under a Gompertz hazard that doubles about every eight years of age
        case
            when age < 0 then -ln(uniform('death', person)) / 0.006
            else ln(1 - ln(uniform('death', person)) * 0.085 / (0.0105 * exp(0.085 * (age - 60.0)) + 0.0003)) / 0.085
        end as years_to_death
    from spoken
)

select
    d.person,
    'P' || (10000000 + d.person)::varchar as person_id,
    d.sex,
    d.age,
    d.birth_date,
    case
        when d.years_to_death < 3
            then
                least(
                    greatest(date '2023-01-01', d.birth_date) + (d.years_to_death * 365.25)::integer, date '2025-12-31'
                )
    end as death_date,
    d.state,
    d.county_fips,
    d.zip_code,
    d.rurality,
    d.deprivation,
    d.race,
    d.ethnicity,
    case when d.language = 'English' then 'English' else 'other than English' end as language_group,
    case when part(d.record_draw, 0) > 0.11 then d.race end as recorded_race,
    case
        when part(d.record_draw, 0) > 0.45 then 'self-reported'
        when part(d.record_draw, 0) > 0.11 then 'enrolment file'
    end as race_source,
    case when part(d.record_draw, 1) > 0.14 then d.ethnicity end as recorded_ethnicity,
    case
        when part(d.record_draw, 1) > 0.45 then 'self-reported'
        when part(d.record_draw, 1) > 0.14 then 'enrolment file'
    end as ethnicity_source,
    case when part(d.record_draw, 2) > 0.06 then d.language end as recorded_language,
    -- where they get their care: mostly the organisation nearest by, always one of their state
    (
        case d.state when 'KY' then 0 when 'TN' then 8 else 16 end
        + case
            when part(d.record_draw, 3) < 0.55 then d.nearest_organization
            when part(d.record_draw, 3) < 0.80 then (d.nearest_organization + 3) % 8
            else pick(draw('organization', d.person), 8)
        end
    )::tinyint as organization
from died as d
order by d.person
