-- Vital signs from office visits, and mammograms as imaging results.
with vital as (
    select
        event, person_id, start_date, 1 as kind, '8480-6' as code, 'mm[Hg]' as unit,
        round(
            case when age < 18 then 96 + age else 118 + least(age, 80) * 0.1 end
            + case when has_hypertension then 9 else 0 end
            + tendency * 12
        ) as value
    from measured
    where age >= 3
    union all
    select
        event, person_id, start_date, 2, '8462-4', 'mm[Hg]',
        round(case when age < 18 then 60 else 74 end + case when has_hypertension then 5 else 0 end + tendency * 7)
    from measured
    where age >= 3
    union all
    select
        event, person_id, start_date, 3, '39156-5', 'kg/m2',
        round(
            case when age < 18 then 16 + age * 0.35 else 29 end
            + other_tendency * 4
            + case when has_diabetes then 2.5 else 0 end,
            1
        )
    from measured
    where age >= 3 and visit_number = 1
)

select
    'O' || event::varchar || '-' || kind::varchar as observation_id,
    person_id,
    'E' || event::varchar as encounter_id,
    start_date as observation_date,
    'vital-signs'::observation_category as observation_type,
    'vital-signs'::observation_category as category,
    'final'::observation_status as status,
    'loinc'::vocabulary as source_code_type,
    code::loinc as source_code,
    value::decimal(6, 1) as result,
    unit::unit as source_units,
    'careparity_demo'::data_source as data_source
from vital
union all
select
    'O' || m.event::varchar || '-M',
    p.person_id,
    null,
    m.start_date,
    'imaging'::observation_category,
    'imaging'::observation_category,
    'final'::observation_status,
    'loinc'::vocabulary,
    '24606-6'::loinc,
    null,
    null,
    'careparity_demo'::data_source
from mammogram as m
inner join person as p on m.person = p.person
