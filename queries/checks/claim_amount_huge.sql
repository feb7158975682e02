-- title:       Claim lines above two million dollars
-- question:    On how many accepted lines is the allowed amount above two million dollars?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0 claim lines
-- affects:     pmpm_usd, cost_distribution
-- remedy:      Look for cents read as dollars. Some gene therapies do cost more than two million.
-- why:         One such line moves the PMPM of a small plan by itself.
select
    a.data_source,
    a.huge_lines as found_count,
    a.accepted_lines as checked_count
from marts.amount_use as a
