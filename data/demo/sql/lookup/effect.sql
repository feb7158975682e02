-- The planted inequities, summed for every combination of true race, ethnicity, language group, deprivation, rurality.
with stratum as (
    select *
    from (values
        ('White'), ('Black or African American'), ('Asian'), ('American Indian or Alaska Native'),
        ('Native Hawaiian or Other Pacific Islander'), ('Two or More Races'), ('Other Race')
    ) as r (race)
    cross join (values ('Hispanic or Latino'), ('Not Hispanic or Latino')) as e (ethnicity)
    cross join (values ('English'), ('other than English')) as l (language_group)
    cross join (values (1), (2), (3), (4), (5)) as d (deprivation)
    cross join (values ('metro'), ('micropolitan'), ('rural')) as u (rurality)
)

select
    s.race,
    s.ethnicity,
    s.language_group,
    s.deprivation::tinyint as deprivation,
    s.rurality,
    coalesce(sum(f.size::float) filter (where f.outcome = 'diabetes'), 0) as diabetes,
    coalesce(sum(f.size::float) filter (where f.outcome = 'hypertension'), 0) as hypertension,
    coalesce(sum(f.size::float) filter (where f.outcome = 'copd'), 0) as copd,
    coalesce(sum(f.size::float) filter (where f.outcome = 'poor_glycemic_control'), 0) as poor_glycemic_control,
    coalesce(sum(f.size::float) filter (where f.outcome = 'mammogram'), 0) as mammogram,
    coalesce(sum(f.size::float) filter (where f.outcome = 'readmission'), 0) as readmission,
    exp(coalesce(sum(f.size::float) filter (where f.outcome = 'ed_visit'), 0)) as ed_visit,
    exp(coalesce(sum(f.size::float) filter (where f.outcome = 'inpatient_stay'), 0)) as inpatient_stay,
    exp(coalesce(sum(f.size::float) filter (where f.outcome = 'office_visit'), 0)) as office_visit,
    exp(coalesce(sum(f.size::float) filter (where f.outcome = 'telehealth_visit'), 0)) as telehealth_visit
from stratum as s
left join parameter.effect as f
    on f.group_value = case f.dimension
        when 'race' then s.race
        when 'ethnicity' then s.ethnicity
        when 'language' then s.language_group
        when 'deprivation' then s.deprivation::varchar
        when 'rurality' then s.rurality
    end
group by all
