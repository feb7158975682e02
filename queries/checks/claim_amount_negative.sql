-- title:       Negative amounts that nothing explains
-- question:    How many accepted lines that stand have a negative paid or allowed amount?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.1 % of claim lines
-- affects:     pmpm_usd, cost_distribution, service_category
-- remedy:      Look for reversals that don't name the claim they reverse. Some payers take back hospital copayments
--     this way.
-- why:         Reversals are settled with what they reverse. What is left below zero lowers cost that was never
--     counted.
select
    a.data_source,
    a.negative_lines as found_count,
    a.accepted_lines as checked_count
from marts.amount_use as a
