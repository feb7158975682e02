-- Vaccinations: influenza at some people's first office visit of an autumn, pneumococcal and zoster once for older
-- adults, and the series of early childhood at the ages at which they are due, for children born in the window.
with autumn as (
    select
        person,
        event,
        start_date
    from random_event
    where is_qualifying and month(start_date) >= 9
    qualify row_number() over (partition by person, year(start_date) order by start_date, event) = 1
),

given as (
    select
        a.event,
        p.person_id,
        a.person,
        'E' || a.event::varchar as encounter_id,
        a.start_date,
        '150'::cvx as cvx_code,
        0 as dose
    from autumn as a
    inner join person as p on a.person = p.person
    where uniform('influenza', a.event) < case when p.age >= 65 then 0.85 when p.age < 18 then 0.62 else 0.46 end
    union all
    select a.event, p.person_id, a.person, 'E' || a.event::varchar, a.start_date, v.cvx_code, v.dose
    from anchor as a
    inner join person as p on a.person = p.person
    inner join lookup.vaccine as v on v.for_whom = 'adult' and a.year = v.year and p.age >= v.min_age
    where a.visit_number = 1 and uniform('vaccine', a.event * 8 + v.dose) < v.chance
    union all
    select
        p.person::bigint * 4096,
        p.person_id,
        p.person,
        null,
        p.birth_date + v.due_day + pick(draw('vaccine wait', p.person * 64 + v.dose), 25),
        v.cvx_code,
        v.dose
    from person as p
    inner join lookup.vaccine as v on v.for_whom = 'infant'
    where
        p.birth_month > 0
        and uniform('vaccinated', p.person) < 0.85
        and p.birth_date + v.due_day + 25 < least(date '2026-01-01', coalesce(p.death_date, date '2026-01-01'))
)

select
    'I' || event::varchar || '-' || dose::varchar as immunization_id,
    person_id,
    encounter_id,
    'cvx'::vocabulary as source_code_type,
    cvx_code as source_code,
    'completed' as status,
    start_date as occurrence_date,
    'careparity_demo'::data_source as data_source
from given
