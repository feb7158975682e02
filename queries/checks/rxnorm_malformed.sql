-- title:       Drug codes that are no RxNorm concept
-- question:    How many medicines carry an RxNorm code that isn't a number of up to eight digits?
-- grain:       data_source
-- kind:        conformance
-- threshold:   1 % of medications
-- affects:     measures
-- remedy:      Look for names in place of concept numbers.
-- why:         A drug is found by its concept number.
select
    u.data_source,
    cast(coalesce(sum(u.row_count) filter (where not regexp_full_match(u.code, '[1-9][0-9]{0,7}')), 0) as bigint)
        as found_count,
    cast(sum(u.row_count) as bigint) as checked_count
from marts.code_use as u
where u.code_kind = 'medication' and u.code_system = 'RXNORM' and u.code is not null
group by u.data_source
