-- title:       Vaccine codes that are no CVX code
-- question:    How many immunisations carry a CVX code that isn't one to three digits?
-- grain:       data_source
-- kind:        conformance
-- threshold:   1 % of immunisations
-- affects:     measures
-- remedy:      Look for names in place of codes, and for trade names (MVX).
-- why:         A vaccine is found by its code.
-- see:         CDC, IIS: HL7 Standard Code Set CVX
select
    u.data_source,
    cast(coalesce(sum(u.row_count) filter (where not regexp_full_match(u.code, '[0-9]{1,3}')), 0) as bigint)
        as found_count,
    cast(sum(u.row_count) as bigint) as checked_count
from marts.code_use as u
where u.code_kind = 'immunization' and u.code_system = 'CVX' and u.code is not null
group by u.data_source
