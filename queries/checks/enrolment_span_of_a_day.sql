-- title:       Enrolment spans of a single day
-- question:    How many enrolment spans begin and end on the same day?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   1 % of spans
-- affects:     member_months, pmpm_usd
-- remedy:      Ask whether the source marks a voided span this way; if so, it may be left out of the extract.
-- why:         A month counts whole if any day of it is enrolled, so a voided span of a day gives a month that nobody
--     paid for.
select
    u.data_source,
    u.spans_of_a_day as found_count,
    u.dated_spans as checked_count
from marts.span_use as u
