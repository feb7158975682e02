-- title:       Claim lines without a service date
-- question:    How many accepted claim lines have neither a line date nor a claim date?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0.1 % of claim lines
-- not_fit:     5 % of claim lines
-- affects:     pmpm_usd, cost_distribution, service_category, ed_visits_per_1000, inpatient_stays_per_1000
-- remedy:      Check how the source names its dates of service; admission and statement dates are accepted too.
-- why:         A line without a date falls in no month: its cost is in no figure.
select
    a.data_source,
    a.undated_lines as found_count,
    a.accepted_lines as checked_count
from marts.amount_use as a
