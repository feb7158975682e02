-- title:       Claim lines above two million dollars
-- question:    On how many accepted lines is the allowed amount above two million dollars?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0 claim lines
-- affects:     pmpm_usd, cost_distribution
-- remedy:      Look for cents read as dollars. Some gene therapies do cost more than two million.
-- why:         One such line moves the PMPM of a small plan by itself.
select
    l.data_source,
    count(*) filter (where l.allowed_usd > 2000000 or l.paid_usd > 2000000) as found_count,
    count(*) as checked_count
from core.claim_line as l
where not l.is_denied
group by l.data_source
