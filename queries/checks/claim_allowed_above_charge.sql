-- title:       Claim lines allowed above the charge
-- question:    On how many accepted lines is more allowed than charged?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   5 % of claim lines
-- affects:     pmpm_usd, cost_distribution, service_category
-- remedy:      Check which columns were taken for allowed and charge. Case rates may exceed the charge of a line.
-- why:         Contracts allow less than the list price. Where most lines say otherwise, columns were swapped.
select
    a.data_source,
    a.lines_allowed_above_charge as found_count,
    a.lines_with_allowed_and_charge as checked_count
from marts.amount_use as a
