-- title:       Many denied claim lines
-- question:    What share of claim lines is denied?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   25 % of claim lines
-- affects:     pmpm_usd, cost_distribution, service_category
-- remedy:      Check how the source marks denied lines; a code read the wrong way round denies what was paid.
-- why:         Denied lines count nowhere. A share that is far from other plans' mostly means a code read the wrong
--     way.
-- see:         KFF, Claims Denials and Appeals in ACA Marketplace Plans: 19 % of in-network claims denied in 2023
select
    a.data_source,
    a.denied_lines as found_count,
    a.lines as checked_count
from marts.amount_use as a
