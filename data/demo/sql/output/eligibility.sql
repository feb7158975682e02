-- Enrolment spans. Somebody with both Medicare and Medicaid has a Medicaid span beside each Medicare one.
with dual as (
    select s.* replace (d.plan_number as plan_number)
    from span as s
    inner join lookup.plan as p on s.plan_number = p.plan_number
    cross join (
        select min(plan_number) as plan_number from lookup.plan
        where payer_type = 'medicaid'
    ) as d
    where s.is_dual and p.payer_type = 'medicare'
)

select
    s.person_id,
    'W' || s.person_id[2:] as member_id,
    s.start_date as enrollment_start_date,
    s.end_date as enrollment_end_date,
    p.payer,
    p.payer_type,
    p.plan,
    true as covers_medical,
    s.covers_pharmacy,
    'careparity_demo'::data_source as data_source
from (
    select * from span
    union all
    select * from dual
) as s
inner join lookup.plan as p on s.plan_number = p.plan_number
order by s.person_id, s.start_date, p.payer_type
