-- title:       Drug codes that aren't eleven digits
-- question:    How many fills carry an NDC that isn't eleven digits?
-- grain:       data_source
-- kind:        conformance
-- threshold:   1 % of fills
-- affects:     measures, service_category
-- remedy:      Pad the ten-digit forms (4-4-2, 5-3-2, 5-4-1) to 5-4-2, and keep leading zeros.
-- why:         A drug is found by its eleven digits only.
-- see:         FDA, National Drug Code Directory: ten-digit formats; billing uses 5-4-2
select
    u.data_source,
    cast(coalesce(sum(u.row_count) filter (where not regexp_full_match(u.code, '[0-9]{11}')), 0) as bigint)
        as found_count,
    cast(sum(u.row_count) as bigint) as checked_count
from marts.code_use as u
where u.code_kind = 'ndc' and u.code is not null
group by u.data_source
