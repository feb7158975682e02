-- title:       Hospital procedure codes that are no ICD-10-PCS code
-- question:    How many procedure codes on claims aren't shaped like ICD-10-PCS?
-- grain:       data_source
-- kind:        conformance
-- threshold:   1 % of procedures
-- affects:     measures, readmission_rate
-- remedy:      Look for ICD-9 procedures (three or four digits) and dots.
-- why:         Planned stays are told by the procedures done in them.
-- see:         CMS, ICD-10-PCS Official Guidelines, A2: seven characters, without I and O
select
    u.data_source,
    cast(coalesce(sum(u.row_count) filter (where not regexp_full_match(u.code, '[0-9A-HJ-NP-Z]{7}')), 0) as bigint)
        as found_count,
    cast(sum(u.row_count) as bigint) as checked_count
from marts.code_use as u
where u.code_kind = 'claim_procedure' and u.code is not null
group by u.data_source
