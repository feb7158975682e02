-- title:       Organizations that people are attributed to
-- question:    Which organization does each number in the tables stand for?
-- grain:       organization_key
-- why:         Only organizations that answer for people are named; the source's own ids stay inside.
select
    o.organization_key,
    o.organization_name,
    o.organization_type,
    o.state
from core.organization as o
semi join core.attribution as a on o.organization_key = a.organization_key
