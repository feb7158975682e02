-- title:       Body mass indices that can't be
-- question:    How many body mass indices lie outside 5–150?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.5 % of results
-- affects:     measures
-- remedy:      Look for weight or height under this code, and for centimetres read as metres.
-- why:         An impossible index is a mistake of units that its weight and height share.
select
    v.data_source,
    cast(coalesce(sum(v.row_count) filter (where v.value_number < 5 or v.value_number > 150), 0) as bigint)
        as found_count,
    cast(sum(v.row_count) as bigint) as checked_count
from marts.value_use as v
where v.code = '39156-5' and v.value_number is not null
group by v.data_source
