-- Pharmacy claim lines; one in 64 is taken back, its row coming again with everything negated.
with line as (
    select
        f.*,
        v.sign,
        v.adjustment,
        c.payer,
        c.plan,
        c.paid_share,
        r.npi,
        f.dispensing_date + 2 + ((f.g >> 8) & 15)::integer + v.more_lag_days as paid_date,
        round(f.allowed_usd * (0.7 + 0.6 * part(f.g, 1)) * case when c.payer_type = 'medicaid' then 0.8 else 1.0 end, 2) as full_usd
    from fill as f
    inner join (values
        (0, 1, 1, null, 0), (1, 1, 1, null, 0), (1, 2, -1, 'reversal', 9)
    ) as v (version_set, version, sign, adjustment, more_lag_days) on ((f.g & 63) = 0)::integer = v.version_set
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
    (quantity * sign)::decimal(8, 1) as quantity,
    days_supply * sign as days_supply,
    paid_date,
    (full_usd * paid_share * sign)::decimal(12, 2) as paid_amount,
    (full_usd * sign)::decimal(12, 2) as allowed_amount,
    (full_usd * 1.9 * sign)::decimal(12, 2) as charge_amount,
    adjustment::adjustment as adjustment_type,
    'careparity_demo'::data_source as data_source
from line
where paid_date <= date '2026-01-31'
