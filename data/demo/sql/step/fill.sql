-- Each time a medicine is handed out. People take between seven tenths and all of what is prescribed, so fills come
-- that much further apart; courses for acute illness come with one visit in eight.
with regular as (
    select
        *,
        days_supply / (0.7 + 0.3 * part(h, 0)) as days_between
    from regimen
    where covers_pharmacy
),

regular_fill as (
    select
        person,
        person_id,
        drug_number,
        ndc_code,
        days_supply,
        quantity,
        allowed_usd,
        h,
        days_1,
        days_2,
        start_1,
        start_2,
        start_3,
        plan_1,
        plan_2,
        organization,
        days_between,
        days,
        unnest(range((days / days_between + part(h, 1))::integer)) as occasion
    from regular
),

placed as (
    select
        *,
        hash(xor(h, occasion::ubigint)) as g,
        floor((occasion + part(h, 2) * 0.9) * days_between)::integer as day
    from regular_fill
)

select
    person::bigint * 65536 + drug_number::bigint * 512 + occasion as fill,
    person_id,
    ndc_code,
    days_supply,
    quantity,
    allowed_usd,
    organization,
    g,
    case
        when day < days_1 then start_1 + day
        when day < days_1 + days_2 then start_2 + (day - days_1)
        else start_3 + (day - days_1 - days_2)
    end as dispensing_date,
    case when day < days_1 or day >= days_1 + days_2 then plan_1 else plan_2 end as plan_number
from placed
where occasion < 512 and day < days -- one due after cover ends is not handed out
union all
select
    e.person::bigint * 65536 + 60000 + e.event % 4096,
    e.person_id,
    d.ndc_code::ndc,
    d.days_supply,
    d.quantity,
    d.allowed_usd,
    e.care_organization,
    hash(e.h),
    e.start_date,
    e.plan_number
from event as e
inner join person as p on e.person = p.person
inner join (
    values
    (0, '99999300101', 10::smallint, 20.0::decimal(8, 1), 12::float), -- antibiotic
    (1, '99999300201', 7::smallint, 21.0::decimal(8, 1), 9::float), -- anti-inflammatory
    (2, '99999300301', 6::smallint, 12.0::decimal(8, 1), 18::float), -- steroid
    (3, '99999300401', 5::smallint, 20.0::decimal(8, 1), 14::float) -- cough and cold
) as d (slot, ndc_code, days_supply, quantity, allowed_usd) on (e.h >> 10) & 3 = d.slot
where e.has_encounter and (e.h >> 12) & 3 = 0 and p.covers_pharmacy
