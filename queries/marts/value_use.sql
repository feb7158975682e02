-- title:       Values in use
-- question:    Which values, in which units, does each source report under each code, and how often?
-- grain:       data_source, code, is_laboratory, value_unit, value_number, has_value
-- why:         Millions of results hold a few thousand different values. Counted once here, a check of what is possible
--     costs nothing. A result with several codes counts under each; entered-in-error and cancelled ones don't.
with coded as (
    select
        o.data_source,
        o.value_unit,
        o.value_number,
        coalesce(o.has_value, false) as has_value,
        coalesce(list_contains(o.category, 'laboratory'), false) as is_laboratory,
        unnest(o.codes) as coded
    from staging.observation as o
    where coalesce(o.status, 'final') not in ('entered-in-error', 'cancelled')
)

select
    c.data_source,
    c.coded.code as code,
    c.is_laboratory,
    c.value_unit,
    c.value_number,
    c.has_value,
    count(*) as row_count
from coded as c
group by c.data_source, c.coded.code, c.is_laboratory, c.value_unit, c.value_number, c.has_value
