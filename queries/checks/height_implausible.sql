-- title:       Heights that can't be
-- question:    How many body heights lie outside 20–275 cm?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.5 % of results
-- affects:     measures
-- remedy:      Look for inches or metres that are said to be centimetres.
-- why:         No one is known to have been taller than 272 cm. A height beyond it is a mistake of units.
with height as (
    select
        v.data_source,
        v.row_count,
        v.value_number * case v.value_unit when '[in_i]' then 2.54 when 'm' then 100 else 1 end as centimetres
    from marts.value_use as v
    where v.code in ('8302-2', '8306-3', '3137-7') and v.value_number is not null
)

select
    h.data_source,
    cast(coalesce(sum(h.row_count) filter (where h.centimetres < 20 or h.centimetres > 275), 0) as bigint)
        as found_count,
    cast(sum(h.row_count) as bigint) as checked_count
from height as h
group by h.data_source
