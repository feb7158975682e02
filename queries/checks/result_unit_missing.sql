-- title:       Laboratory numbers without a unit
-- question:    How many laboratory results are a number without a unit?
-- grain:       data_source
-- kind:        completeness
-- threshold:   5 % of results
-- affects:     measures
-- remedy:      Ask for the units; ratios and indices have none by nature.
-- why:         A number without its unit can't be compared with a limit.
select
    v.data_source,
    cast(coalesce(sum(v.row_count) filter (where v.value_unit is null), 0) as bigint) as found_count,
    cast(sum(v.row_count) as bigint) as checked_count
from marts.value_use as v
where v.is_laboratory and v.value_number is not null
group by v.data_source
