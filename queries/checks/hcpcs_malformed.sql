-- title:       Procedure codes that are no HCPCS or CPT code
-- question:    How many accepted lines carry a code that isn't shaped like HCPCS or CPT?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0.5 % of claim lines
-- affects:     measures, service_category
-- remedy:      Look for modifiers joined to the code, local codes and leading zeros lost.
-- why:         A code that isn't written as the lists write it is found by none of them.
-- see:         CMS, HCPCS General Information: level I five digits or four and a letter; level II a letter and four
--     digits
select
    u.data_source,
    cast(
        coalesce(
            sum(u.row_count) filter (where not regexp_full_match(u.code, '[0-9]{4}[0-9AFTUM]|[A-V][0-9]{4}')), 0
        ) as bigint
    ) as found_count,
    cast(sum(u.row_count) as bigint) as checked_count
from marts.code_use as u
where u.code_kind = 'hcpcs' and u.code is not null
group by u.data_source
