-- title:       Deaths in the future
-- question:    Whose date of death is after today?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0 people
-- affects:     people, member_months, measures
-- remedy:      Ask the source whether far dates such as 9999-12-31 mean that nobody died.
-- why:         A date to come is no death; until it passes the person counts as alive, and then silently no longer.
select
    p.data_source,
    count(*) filter (where p.death_date > current_date) as found_count,
    count(*) as checked_count
from core.person as p
where p.death_date is not null
group by p.data_source
