-- The last days of one death in five are in hospital: a stay that ends with it, if the person was still covered.
with died as (
    select
        *,
        draw('last stay', person) as h
    from person
    where death_date is not null and uniform('dies in hospital', person) < 0.20
)

select
    d.person,
    d.h,
    d.death_date - nights(d.h, t.stay_days) as start_date,
    c.plan_number,
    t.template
from died as d
inner join lookup.template_slot as s on s.service = 'inpatient' and (hash(d.h) & 255)::integer = s.slot
inner join lookup.billed_template as t
    on t.template = case
        when fits(s.required_condition, s.required_sex, s.min_age, d.condition_bits, d.sex, d.age) then s.template
        else s.other_template
    end
inner join span as c
    on d.person = c.person and d.death_date - nights(d.h, t.stay_days) between c.start_date and c.end_date
