-- title:       Negative laboratory values
-- question:    How many laboratory numbers are below zero?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.5 % of results
-- affects:     measures
-- remedy:      Look for results such as “< 5” written as −5. A base excess may be negative.
-- why:         Amounts in blood aren't negative; a sign that stands for “less than” makes the lowest value of all.
select
    v.data_source,
    cast(coalesce(sum(v.row_count) filter (where v.value_number < 0), 0) as bigint) as found_count,
    cast(sum(v.row_count) as bigint) as checked_count
from marts.value_use as v
where v.is_laboratory and v.value_number is not null and v.code not in ('1925-7', '11555-0', '1927-3')
group by v.data_source
