-- Each visit with its date, plan and what happened.
select
    v.event,
    v.person,
    v.h,
    case
        when v.day < p.days_1 then p.start_1 + v.day
        when v.day < p.days_1 + p.days_2 then p.start_2 + (v.day - p.days_1)
        else p.start_3 + (v.day - p.days_1 - p.days_2)
    end as start_date,
    case when v.day < p.days_1 or v.day >= p.days_1 + p.days_2 then p.plan_1 else p.plan_2 end as plan_number,
    t.*
from visit as v
inner join person as p on v.person = p.person
inner join lookup.template_slot as s on v.service = s.service and (hash(v.h) & 255)::integer = s.slot
inner join lookup.billed_template as t
    on t.template = case
        when fits(s.required_condition, s.required_sex, s.min_age, p.condition_bits, p.sex, p.age) then s.template
        else s.other_template
    end
