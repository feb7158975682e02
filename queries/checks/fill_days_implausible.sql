-- title:       Supplies of no days or more than a year
-- question:    How many fills last less than one day or more than 365?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.5 % of fills
-- affects:     measures
-- remedy:      Look for quantity and days swapped, and for 999 that stands for unknown.
-- why:         Days supplied say how long somebody was treated.
select
    r.data_source,
    count(*) filter (where r.days_supply < 1 or r.days_supply > 365) as found_count,
    count(*) as checked_count
from core.pharmacy_line as r
where r.days_supply is not null
group by r.data_source
