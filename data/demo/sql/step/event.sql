-- Everything that is billed, one row an event, with what its claims carry on every line.
with planned as (
    select
        m.person::bigint * 4096 + enum_code('mammography'::service)::bigint * 128 + year(m.start_date) - 2020 as event,
        m.person,
        m.h,
        m.start_date,
        m.plan_number,
        t.*,
        null::integer as sent_to
    from mammogram as m
    inner join lookup.billed_template as t on t.service = 'mammography'
    union all
    select
        p.person::bigint * 4096 + enum_code('newborn'::service)::bigint * 128,
        p.person,
        draw('newborn', p.person),
        p.birth_date,
        p.plan_1,
        t.*,
        null
    from person as p
    inner join
        lookup.template_slot as s
        on s.service = 'newborn' and (draw('newborn kind', p.person) & 255)::integer = s.slot
    inner join lookup.billed_template as t on s.template = t.template
    where p.birth_month > 0
),

occurrence as (
    select
        *,
        null::integer as sent_to
    from random_event
    union all
    select * from planned
    union all
    select * from follow_up
),

told as (
    select
        o.*,
        hash(o.h) as g,
        p.person_id,
        p.death_date,
        p.organization,
        p.age,
        p.diagnosis_1 as own_1,
        p.diagnosis_2 as own_2,
        p.diagnosis_3 as own_3,
        case when p.conditions > 0 then p.diagnoses[1 + pick(hash(o.h), p.conditions)] end as own_pick
    from occurrence as o
    inner join person as p on o.person = p.person
),

placed as (
    select
        *,
        coalesce(diagnosis, own_pick, 'Z00.00') as diagnosis_code_1,
        case
            when may_move_on and discharge(h, age) = '02' then 1
            when stay_days > 0 then nights(h, stay_days)
            else 0
        end as planned_days,
        coalesce(sent_to, care_organization(h, organization)) as care_organization,
        (1 + pick(g, 15))::tinyint as care_place
    from told
)

select
    e.event,
    e.person,
    'M' || e.event as claim_stem,
    e.person_id,
    e.h,
    e.g,
    e.template,
    e.service,
    e.start_date,
    least(e.start_date + e.planned_days, coalesce(e.death_date, e.start_date + e.planned_days)) as end_date,
    (case
        when not e.is_stay then null
        when e.start_date + e.planned_days >= e.death_date then '20'
        when e.may_move_on then discharge(e.h, e.age)
        else '01'
    end)::disposition as disposition,
    e.plan_number,
    e.has_encounter,
    e.is_qualifying,
    e.care_organization,
    e.care_place,
    e.diagnosis_code_1,
    case when e.own_1 <> e.diagnosis_code_1 then e.own_1 else e.own_2 end as diagnosis_code_2,
    case when e.own_1 <> e.diagnosis_code_1 then e.own_2 else e.own_3 end as diagnosis_code_3,
    e.drg_code,
    e.procedure_code,
    (case
        when part(e.g, 1) < 0.975 then 0
        when part(e.g, 1) < 0.980 then 1
        when part(e.g, 1) < 0.995 then 2
        else 0
    end)::tinyint as version_set,
    part(e.g, 1) < 0.04 as is_denied,
    (6 - 13 * ln(part(e.g, 3)) + case when (e.g >> 40) & 31 = 0 then 60 else 0 end)::smallint as lag_days,
    -- prices differ by a factor of 0.6 to 1.4 between like events, and one in 64 is five times as dear, if it isn't
    -- dear as it is
    (case when (e.h >> 40) & 63 = 0 and e.service <> 'critical_stay' then 5.0 else 1.0 end * (0.6 + 0.8 * part(e.g, 2)))
    ::float as price,
    (1.8 + ((e.g >> 4) & 15)::utinyint / 10.0)::float as charge_factor
from placed as e
