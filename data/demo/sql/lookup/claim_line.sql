-- The lines of every claim of every template, in each version of the claim. A claim comes as 0 (the original), as
-- 1 (the original and its reversal) or as 2 (the original, its reversal and a replacement billed anew).
with copied as (
    select
        l.*,
        row_number() over () as position,
        unnest(range(l.copies::integer))::tinyint as copy_number
    from parameter.line as l
),

numbered as (
    select
        *,
        (row_number() over (partition by service, claim_number order by position, copy_number))::smallint as line_number
    from copied
),

version as (
    select *
    from (values
        (0, 1, 1, '1', '', null, 0, 1.00),
        (1, 1, 1, '1', '', null, 0, 1.00),
        (1, 2, -1, '8', '', 'reversal', 24, 1.00),
        (2, 1, 1, '1', '', null, 0, 1.00),
        (2, 2, -1, '8', '', 'reversal', 24, 1.00),
        (2, 3, 1, '7', 'R', 'replacement', 31, 0.93)
    ) as v (version_set, version, sign, frequency, suffix, adjustment, more_lag_days, price)
)

select
    t.template,
    v.version_set::tinyint as version_set,
    n.claim_number::tinyint as claim_number,
    n.line_number,
    n.copy_number,
    n.claim_type::claim_type as claim_type,
    n.claim_type = 'institutional' as is_institutional,
    n.claim_type = 'institutional' and t.encounter_class = 'inpatient' as is_stay,
    n.place_of_service_code::place_of_service as place_of_service_code,
    (n.bill_type_code[1:2] || v.frequency)::bill_type as bill_type_code,
    n.revenue_center_code::revenue_center as revenue_center_code,
    (case when n.hcpcs_code = '{visit}' then t.visit_code::varchar else n.hcpcs_code end)::hcpcs as hcpcs_code,
    (100 * n.allowed_usd::double * t.price * v.price * v.sign)::float as allowed_cents,
    v.sign::tinyint as sign,
    n.claim_number || v.suffix as claim_suffix,
    v.adjustment::adjustment as adjustment_type,
    v.more_lag_days::smallint + case when n.claim_type = 'institutional' then 5 else 0 end as more_lag_days,
    (n.keep_pct::integer * 128 / 100)::smallint as keep_below,
    -- which bits of the event's hashes decide over this line
    (n.line_number * 3 % 48)::integer as keep_shift,
    (n.line_number % 40)::integer as shift
from lookup.template as t
inner join numbered as n on t.service::varchar = n.service
cross join version as v
order by t.template, v.version_set, v.version, n.claim_number::integer, n.line_number
