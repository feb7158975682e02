-- Mammograms of women from 40: some women always come and some never do, as their planted chance says. Half of those
-- who come do so every year, half every other year counted from their first year in the plan.
select
    a.person,
    a.event,
    -- some weeks after the visit, if still covered and in the same year; else on the day
    case
        when year(w.wished_date) > a.year then a.start_date
        when w.wished_date between p.start_1 and p.end_1 then w.wished_date
        when w.wished_date between p.start_2 and p.end_2 then w.wished_date
        when w.wished_date between p.start_3 and p.end_3 then w.wished_date
        else a.start_date
    end as start_date,
    a.plan_number,
    draw('mammogram claim', a.event) as h
from anchor as a
inner join person as p on a.person = p.person
cross join lateral (select a.start_date + pick(draw('mammogram wait', a.event), 40) as wished_date) as w
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
