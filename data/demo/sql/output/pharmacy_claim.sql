-- Pharmacy claim lines; one in 64 is taken back, its row coming again with everything negated.
with line as (
    select
        f.*,
        v.sign,
        v.adjustment::adjustment as adjustment_type,
        c.payer,
        c.plan,
        c.paid_share,
        r.npi,
        f.dispensing_date + (2 + ((f.g >> 8) & 15)::integer + v.more_lag_days) as paid_date,
        (100 * v.sign * f.allowed_usd * (0.7 + 0.6 * part(f.g, 1)))::integer as cents
    from fill as f
    inner join (
        select * from (values
            (0::tinyint, 1::tinyint, null, 0),
            (1::tinyint, 1::tinyint, null, 0),
            (1::tinyint, -1::tinyint, 'reversal', 9)
        ) as v (version_set, sign, adjustment, more_lag_days)
    ) as v on ((f.g & 63) = 0)::tinyint = v.version_set
    inner join lookup.plan as c on f.plan_number = c.plan_number
    inner join lookup.practitioner as r on f.organization = r.organization and r.place = 1 + ((f.g >> 12) & 3)::integer
)

select
    'R' || fill::varchar as claim_id,
    1 as claim_line_number,
    person_id,
    payer,
    plan,
    npi as prescribing_provider_npi,
    dispensing_date,
    ndc_code,
    quantity * sign as quantity,
    days_supply * sign as days_supply,
    paid_date,
    (cents * paid_share)::integer::decimal(9, 0) * 0.01 as paid_amount,
    cents::decimal(9, 0) * 0.01 as allowed_amount,
    (cents * 1.9)::integer::decimal(9, 0) * 0.01 as charge_amount,
    adjustment_type,
    'careparity_demo'::data_source as data_source
from line
where paid_date <= date '2026-01-31'
