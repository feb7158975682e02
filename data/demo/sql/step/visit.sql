-- Every use of a service: how often follows from age, sex, conditions, habit, payer and the planted effects; when is
-- any covered day. Counts are the expectation times a random factor of mean 1, rounded at random, so that the mean is
-- exact and some people use much more than others.
with demand as (
    select
        p.person,
        r.service,
        draw(enum_code(r.service), p.person) as h,
        p.days,
        r.rate * p.days / 365.25 * p.habit
        * exp(r.per_condition * least(p.conditions, 8))
        * case p.payer_type when 'medicaid' then r.medicaid when 'medicare' then 1 else r.commercial end
        * case r.effect
            when 'ed_visit' then p.ed_visit
            when 'inpatient_stay' then p.inpatient_stay
            when 'office_visit' then p.office_visit
            when 'telehealth_visit' then p.telehealth_visit
            else 1
        end as expected
    from person as p
    inner join lookup.service_rate as r on p.age_band = r.age_band and p.sex = r.sex
    where r.required_condition is null or (p.condition_bits >> r.required_condition) & 1 = 1
),

counted as (
    select
        person,
        service,
        h,
        days,
        least(127, floor(expected * (0.6 - 0.4 * ln(part(h, 0))) + part(h, 1)))::integer as visits
    from demand
    where expected * (0.6 - 0.4 * ln(part(h, 0))) + part(h, 1) >= 1
),

each as (
    select
        person,
        service,
        h,
        days,
        unnest(range(visits)) as occasion
    from counted
)

select
    person,
    service,
    (person::bigint * 4096 + enum_code(service)::bigint * 128 + occasion) as event,
    hash(xor(h, occasion::ubigint)) as h,
    pick(hash(xor(h, occasion::ubigint)), days) as day
from each
