-- Mammograms of women from 40: some women always come and some never do, as their planted chance says. Half of those who
-- come do so every year, half every other year counted from their first year in the plan.
select
    a.person,
    a.event,
    least(a.start_date + pick(draw('mammogram wait', a.event), 40), make_date(a.year, 12, 28)) as start_date,
    a.plan_number,
    draw('mammogram claim', a.event) as h
from anchor as a
inner join person as p on a.person = p.person
where
    a.visit_number = 1
    and p.sex = 'female'
    and a.year - year(p.birth_date) between 40 and 78
    and uniform('mammogram', p.person) < p.mammogram
    and (
        uniform('mammogram habit', p.person) < 0.5
        or (a.year - year(p.start_1)) % 2 = 0
    )
    and (p.death_date is null or a.start_date + 40 < p.death_date)
