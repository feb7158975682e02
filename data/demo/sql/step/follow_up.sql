-- Hospital stays that follow from another: in the hospital that the person was sent on to, or back within 30 days of
-- leaving, unplanned or planned as part of the treatment. How likely that is lies in the stay's template and in the
-- person (with the planted effects); a stay that follows may be followed in turn, up to four times. The stays in which
-- people die are put in here, too.
with recursive stay as (
    select person, h, start_date, plan_number, template, false as is_new, null::integer as sent_to, 0 as follows
    from random_event
    where readmission_log_odds is not null
    union all
    select person, h, start_date, plan_number, template, true, null, 4
    from last_stay
    union all
    (
        with ended as (
            select
                s.*,
                t.may_move_on,
                t.readmission_log_odds + p.readmission as log_odds,
                p.sex,
                p.age,
                p.condition_bits,
                p.organization,
                p.death_date,
                hash(hash(s.h)) as f
            from stay as s
            inner join lookup.billed_template as t on s.template = t.template
            inner join person as p on s.person = p.person
            where s.follows < 4
        ),

        followed as (
            select
                *,
                case
                    when may_move_on and discharge(h, age) = '02' then 'transfer'
                    when part(f, 1) < logistic(log_odds) then 'readmission'
                    when part(f, 3) < 0.012 then 'planned_readmission'
                end as kind
            from ended
        ),

        dated as (
            select
                f.*,
                -- a transfer lasts one night and goes on that day or the next; others come back sooner rather than
                -- later, never on the next day, which another hospital's bill would make a transfer
                f.start_date + case
                    when f.kind = 'transfer' then 1 + (part(f.f, 2) < 0.6)::integer
                    else nights(f.h, t.stay_days) + 2 + floor(29 * power(part(f.f, 2), 1.5))::integer
                end as next_date,
                hash(xor(f.f, 1::ubigint)) as next_h
            from followed as f
            inner join lookup.billed_template as t on f.template = t.template
            where f.kind is not null
        )

        select
            d.person,
            d.next_h,
            d.next_date,
            c.plan_number,
            case
                when s.slot is null then d.template
                when fits(s.required_condition, s.required_sex, s.min_age, d.condition_bits, d.sex, d.age)
                    then s.template
                else s.other_template
            end,
            true,
            -- to the state's university health centre, or from there to the hospital nearest by
            case
                when d.kind <> 'transfer' then null
                when care_organization(d.h, d.organization) % 8 = 7 then d.organization // 8 * 8
                else d.organization // 8 * 8 + 7
            end::integer,
            d.follows + 1
        from dated as d
        inner join span as c on d.person = c.person and d.next_date between c.start_date and c.end_date
        left join lookup.template_slot as s
            on d.kind = s.service::varchar and (hash(d.next_h) & 255)::integer = s.slot
        where d.death_date is null or d.next_date < d.death_date
    )
),

numbered as (
    select
        *,
        row_number() over (partition by person order by start_date, h) as number
    from stay
    where is_new
)

select
    n.person::bigint * 4096 + enum_code('readmission'::service)::bigint * 128 + n.number as event,
    n.person,
    n.h,
    n.start_date,
    n.plan_number,
    t.*,
    n.sent_to
from numbered as n
inner join lookup.billed_template as t on n.template = t.template
where n.number < 128
