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
    l.data_source,
    count(*) filter (where l.paid_usd = 0) as found_count,
    count(*) as checked_count
from core.claim_line as l
where not l.is_denied and l.paid_usd is not null
group by l.data_source
