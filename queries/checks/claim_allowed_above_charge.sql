-- title:       Claim lines allowed above the charge
-- question:    On how many accepted lines is more allowed than charged?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   5 % of claim lines
-- affects:     pmpm_usd, cost_distribution, service_category
-- remedy:      Check which columns were taken for allowed and charge. Case rates may exceed the charge of a line.
-- why:         Contracts allow less than the list price. Where most lines say otherwise, columns were swapped.
select
    l.data_source,
    count(*) filter (where l.allowed_usd > l.charge_usd) as found_count,
    count(*) as checked_count
from core.claim_line as l
where not l.is_denied and l.allowed_usd is not null and l.charge_usd is not null
group by l.data_source
