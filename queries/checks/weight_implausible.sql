-- title:       Weights that can't be
-- question:    How many body weights lie outside 0.2–700 kg?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.5 % of results
-- affects:     measures
-- remedy:      Look for grams or pounds that are said to be kilograms.
-- why:         No one is known to have weighed more than 635 kg. A weight beyond it is a mistake of units.
with weight as (
    select
        v.data_source,
        v.row_count,
        v.value_number * case v.value_unit when '[lb_av]' then 0.4536 when 'g' then 0.001 else 1 end as kilograms
    from marts.value_use as v
    where v.code in ('29463-7', '3141-9', '3142-7') and v.value_number is not null
)

select
    w.data_source,
    cast(coalesce(sum(w.row_count) filter (where w.kilograms < 0.2 or w.kilograms > 700), 0) as bigint) as found_count,
    cast(sum(w.row_count) as bigint) as checked_count
from weight as w
group by w.data_source
