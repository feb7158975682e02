-- title:       Enrolment spans that end before they begin
-- question:    How many enrolment spans have no start, or end before they begin?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0.1 % of spans
-- not_fit:     20 % of spans
-- affects:     member_months, pmpm_usd
-- remedy:      Ask whether the source marks a voided span this way; if so, it may be left out of the extract.
-- why:         Such spans give no member month and are dropped.
select
    u.data_source,
    u.reversed_spans as found_count,
    u.dated_spans as checked_count
from marts.span_use as u
