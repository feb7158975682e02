-- title:       Accepted claim lines paid nothing
-- question:    On how many accepted lines is nothing paid?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   40 % of claim lines
-- not_fit:     95 % of claim lines
-- affects:     pmpm_usd, cost_distribution, service_category
-- remedy:      Look for capitated care, deductibles, and denied lines that aren't marked as denied.
-- why:         Some lines are paid nothing by contract. Where nearly half are, payment is missing or denials aren't
--     marked.
select
    a.data_source,
    a.lines_paid_zero as found_count,
    a.lines_with_paid as checked_count
from marts.amount_use as a
