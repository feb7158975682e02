-- title:       Fills of nothing or less
-- question:    How many fills have a quantity of zero or below?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.5 % of fills
-- affects:     measures
-- remedy:      Look for reversals that don't name the fill they reverse.
-- why:         A fill of nothing is no medicine taken home.
select
    r.data_source,
    count(*) filter (where r.quantity <= 0) as found_count,
    count(*) as checked_count
from core.pharmacy_line as r
where r.quantity is not null
group by r.data_source
