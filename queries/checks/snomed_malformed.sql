-- title:       Codes that are no SNOMED CT concept
-- question:    How many SNOMED CT codes aren't six to eighteen digits?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0.5 % of codes
-- affects:     measures
-- remedy:      Look for leading zeros, spaces and description numbers.
-- why:         A finding is found by its concept number.
-- see:         SNOMED International, Release File Specification, section 6: SCTID
select
    u.data_source,
    cast(coalesce(sum(u.row_count) filter (where not regexp_full_match(u.code, '[1-9][0-9]{5,17}')), 0) as bigint)
        as found_count,
    cast(sum(u.row_count) as bigint) as checked_count
from marts.code_use as u
where
    u.code_kind in ('condition', 'procedure', 'observation', 'immunization')
    and u.code_system = 'SNOMEDCT'
    and u.code is not null
group by u.data_source
