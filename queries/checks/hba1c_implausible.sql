-- title:       HbA1c values that can't be
-- question:    How many HbA1c results in percent are below 2 or above 25?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.5 % of results
-- affects:     CMS122, measures
-- remedy:      Look for mmol/mol written as percent, and for glucose under this code.
-- why:         A value in the wrong unit counts as the worst control there is.
select
    v.data_source,
    cast(coalesce(sum(v.row_count) filter (where v.value_number < 2 or v.value_number > 25), 0) as bigint)
        as found_count,
    cast(sum(v.row_count) as bigint) as checked_count
from marts.value_use as v
where v.code in ('4548-4', '4549-2', '17856-6') and coalesce(v.value_unit, '%') = '%' and v.value_number is not null
group by v.data_source
