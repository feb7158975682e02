-- title:       High-cost cap, as published
-- question:    Above which amount is a person's cost left out of the capped figures?
-- grain:       cap_usd
-- why:         A rule, not data: see marts.high_cost_cap.
select c.cap_usd
from marts.high_cost_cap as c
