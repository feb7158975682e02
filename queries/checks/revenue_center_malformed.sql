-- title:       Revenue codes that aren't four digits
-- question:    How many accepted lines carry a revenue code that isn't four digits?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0.5 % of claim lines
-- affects:     ed_visits_per_1000, inpatient_stays_per_1000, service_category
-- remedy:      Keep leading zeros: a spreadsheet turns 0450 into 450.
-- why:         Emergency care is found by revenue codes 0450 to 0459; 450 is none of them.
select
    u.data_source,
    cast(coalesce(sum(u.row_count) filter (where not regexp_full_match(u.code, '[0-9]{4}')), 0) as bigint)
        as found_count,
    cast(sum(u.row_count) as bigint) as checked_count
from marts.code_use as u
where u.code_kind = 'revenue_center' and u.code is not null
group by u.data_source
