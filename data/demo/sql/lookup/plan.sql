-- The plans with their price level (Medicare = 1) and the share that the plan pays.
select
    (row_number() over (order by payer_type, slot_from::integer))::tinyint as plan_number,
    payer_type::payer_type as payer_type,
    payer::payer as payer,
    plan::plan as plan,
    price_factor::float as price_factor,
    paid_share::float as paid_share
from parameter.plan
