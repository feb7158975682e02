-- title:       Rows delivered twice
-- question:    How many rows of the files are copies of others?
-- grain:       found_count
-- kind:        conformance
-- threshold:   10 % of rows
-- affects:     people
-- remedy:      Nothing: copies count once. Ask the sender why rows come twice.
-- why:         Copies are dropped. Many of them mean that a file was sent in two versions, and that one of them is out
--     of date.
select
    cast(sum(r.duplicate) as bigint) as found_count,
    cast(sum(r.read) as bigint) as checked_count
from core.reconciliation as r
having sum(r.read) > 0
