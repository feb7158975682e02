-- title:       DRGs that aren't three digits
-- question:    How many accepted claims carry a DRG that isn't three digits?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0.5 % of claims
-- affects:     service_category
-- remedy:      Keep leading zeros; of other groupers' codes keep the MS-DRG if there is one.
-- why:         Planned stays and kinds of stay are told by DRG.
select
    u.data_source,
    cast(coalesce(sum(u.row_count) filter (where not regexp_full_match(u.code, '[0-9]{3}')), 0) as bigint)
        as found_count,
    cast(sum(u.row_count) as bigint) as checked_count
from marts.code_use as u
where u.code_kind = 'drg' and u.code is not null
group by u.data_source
