-- title:       Deaths without a date
-- question:    How many people are marked as dead without a date of death?
-- grain:       data_source
-- kind:        completeness
-- threshold:   5 % of people
-- affects:     member_months, measures
-- remedy:      Ask the source for the dates of death; a month is enough.
-- why:         Without its date a death ends nothing: the person goes on being enrolled, and overdue.
select
    p.data_source,
    count(*) filter (where p.death_date is null) as found_count,
    count(*) as checked_count
from core.person as p
where p.is_deceased
group by p.data_source
