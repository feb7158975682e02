-- title:       Birth dates before 1900 or in the future
-- question:    Whose birth date is before 1900 or after today?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.1 % of people
-- not_fit:     5 % of people
-- affects:     groups, measures
-- remedy:      Ask the source how it fills an unknown birth date; leave it empty rather than 1900-01-01 or a date to
--     come.
-- why:         Nobody born before 1900 is alive. Such dates stand for unknown ones and put people into the oldest
--     group.
select
    p.data_source,
    count(*) filter (where p.birth_date < date '1900-01-01' or p.birth_date > current_date) as found_count,
    count(*) as checked_count
from core.person as p
where p.birth_date is not null
group by p.data_source
