-- Vaccinations: influenza at some office visits of a season, pneumococcal and zoster once for older adults, and the
-- series of early childhood at the ages at which they are due, for children born in the window.
with given as (
    select
        a.event, p.person_id, a.person, 'E' || a.event::varchar as encounter_id, a.start_date, '150' as cvx, 0 as dose
    from anchor as a
    inner join person as p on a.person = p.person
    where a.visit_number = 1 and uniform('influenza', a.event) < case when p.age >= 65 then 0.66 when p.age < 18 then 0.46 else 0.34 end
    union all
    select a.event, p.person_id, a.person, 'E' || a.event::varchar, a.start_date, v.cvx, v.dose
    from anchor as a
    inner join person as p on a.person = p.person
    inner join (values (2023, '216', 1, 66, 0.35), (2024, '187', 2, 51, 0.20), (2025, '187', 3, 51, 0.15), (2024, '115', 4, 19, 0.10))
        as v (year, cvx, dose, min_age, chance) on a.year = v.year and p.age >= v.min_age
    where a.visit_number = 1 and uniform('vaccine', a.event * 8 + v.dose) < v.chance
    union all
    select p.person::bigint * 4096, p.person_id, p.person, null, p.birth_date + v.due_day + pick(draw('vaccine wait', p.person * 64 + v.dose), 25), v.cvx, v.dose
    from person as p
    cross join (values
        (1, '08', 1), (60, '20', 2), (120, '20', 3), (182, '20', 4), (60, '10', 5), (120, '10', 6), (182, '10', 7),
        (60, '133', 8), (120, '133', 9), (182, '133', 10), (60, '49', 11), (120, '49', 12), (60, '116', 13), (120, '116', 14),
        (366, '03', 15), (366, '21', 16), (366, '83', 17), (456, '20', 18), (456, '133', 19)
    ) as v (due_day, cvx, dose)
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
    cvx::cvx as source_code,
    'completed' as status,
    start_date as occurrence_date,
    'careparity_demo'::data_source as data_source
from given
