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
    l.data_source,
    count(*) filter (where l.paid_usd < 0 or l.allowed_usd < 0) as found_count,
    count(*) as checked_count
from core.claim_line as l
where not l.is_denied
group by l.data_source
