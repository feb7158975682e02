-- title:       Enrolment spans of people who aren't in the person file
-- question:    How many spans name a person whom the source's own people don't hold?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0 spans
-- not_fit:     5 % of spans
-- affects:     people, member_months, pmpm_usd
-- remedy:      Ask for the person file of the same extract, and check that both files use one identifier.
-- why:         Such people have no surrogate, so their months are in no denominator.
select
    u.data_source,
    u.spans_without_person as found_count,
    u.spans as checked_count
from marts.span_use as u
