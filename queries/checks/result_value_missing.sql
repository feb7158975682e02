-- title:       Laboratory results without a value
-- question:    How many laboratory results hold no value at all?
-- grain:       data_source
-- kind:        completeness
-- threshold:   10 % of results
-- affects:     measures
-- remedy:      Ask whether orders came along with results. Headers of panels have no value of their own.
-- why:         A test without its value counts as done and not as controlled.
select
    v.data_source,
    cast(coalesce(sum(v.row_count) filter (where not v.has_value), 0) as bigint) as found_count,
    cast(sum(v.row_count) as bigint) as checked_count
from marts.value_use as v
where v.is_laboratory
group by v.data_source
