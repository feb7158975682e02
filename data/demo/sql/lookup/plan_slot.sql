-- 100 slots for each kind of payer, dealt to its plans.
select
    payer_type::payer_type as payer_type,
    unnest(range(slot_from::integer, slot_to::integer + 1))::integer as slot,
    (row_number() over (order by payer_type, slot_from::integer))::tinyint as plan_number
from parameter.plan
