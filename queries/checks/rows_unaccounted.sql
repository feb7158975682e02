-- title:       Rows without a place
-- question:    How many rows were read that are neither loaded, duplicate, rejected nor ignored?
-- grain:       found_count
-- kind:        conformance
-- threshold:   0 rows
-- not_fit:     0 rows
-- affects:     people, member_months, pmpm_usd, measures
-- remedy:      Report it: this is a fault of the program.
-- why:         Every row delivered must have a place. If one hasn't, no count can be trusted.
select
    cast(sum(abs(r.read - r.loaded - r.duplicate - r.rejected - r.ignored)) as bigint) as found_count,
    cast(sum(r.read) as bigint) as checked_count
from core.reconciliation as r
having sum(r.read) > 0
