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
    e.data_source,
    count(*) filter (where e.start_date is null or e.end_date < e.start_date) as found_count,
    count(*) as checked_count
from staging.eligibility as e
where e.enrolment_basis is distinct from 'months_only'
group by e.data_source
