-- title:       Rows that couldn't be read
-- question:    How many rows of the files were rejected?
-- grain:       found_count
-- kind:        conformance
-- threshold:   0.1 % of rows
-- not_fit:     5 % of rows
-- affects:     people, member_months, pmpm_usd, measures
-- remedy:      See the rejects file beside the warehouse: it names each row's file, line and reason.
-- why:         What isn't read counts nowhere.
select
    cast(sum(r.rejected) as bigint) as found_count,
    cast(sum(r.read) as bigint) as checked_count
from core.reconciliation as r
having sum(r.read) > 0
