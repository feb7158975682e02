-- title:       Blood pressures that can't be
-- question:    How many systolic values lie outside 40–300, or diastolic outside 10–200?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.5 % of results
-- affects:     measures
-- remedy:      Look for swapped values, zeros for not measured, and kPa.
-- why:         A blood pressure of zero counts as well controlled.
select
    v.data_source,
    cast(coalesce(sum(
        v.row_count) filter (
        where (v.code = '8480-6' and (v.value_number < 40 or v.value_number > 300))
        or (v.code = '8462-4' and (v.value_number < 10 or v.value_number > 200))
    ), 0) as bigint) as found_count,
    cast(sum(v.row_count) as bigint) as checked_count
from marts.value_use as v
where v.code in ('8480-6', '8462-4') and v.value_number is not null
group by v.data_source
