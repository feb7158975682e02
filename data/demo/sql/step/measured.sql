-- What an office visit finds. HbA1c: each year somebody with diabetes is in poor control by the planted chance, which
-- keeps a person's state for two years in three; four in nine of the poorly controlled weren't tested.
with bit as (
    select
        max(condition_number) filter (where condition = 'diabetes') as diabetes,
        max(condition_number) filter (where condition = 'hypertension') as hypertension,
        max(condition_number) filter (where condition = 'ckd') as kidney_disease
    from lookup.condition
),

visit as (
    select
        a.*,
        p.person_id,
        p.age,
        p.sex,
        p.poor_glycemic_control,
        (p.condition_bits >> b.diabetes) & 1 = 1 as has_diabetes,
        (p.condition_bits >> b.kidney_disease) & 1 = 1 as has_kidney_disease,
        (p.condition_bits >> b.hypertension) & 1 = 1 as has_hypertension,
        draw('state', p.person) as person_draw,
        draw('state of year', a.person * 64 + a.year % 64) as year_draw,
        draw('measure', a.event) as visit_draw
    from anchor as a
    inner join person as p on a.person = p.person
    cross join bit as b
)

select
    *,
    has_diabetes
    and case when part(year_draw, 0) < 0.66 then part(person_draw, 0) else part(year_draw, 1) end
    < poor_glycemic_control as is_poor,
    part(year_draw, 2) < 0.44 as is_untested_if_poor,
    -- roughly normal with mean 0 and standard deviation 1
    ((part(visit_draw, 0) + part(visit_draw, 1) + part(person_draw, 1) + part(person_draw, 2)) - 2) * 1.73 as tendency,
    (part(visit_draw, 2) + part(visit_draw, 3) + part(person_draw, 3) - 1.5) * 2 as other_tendency
from visit
