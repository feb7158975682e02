-- title:       Birth dates that can't be
-- question:    Whose birth date is missing, before 1900, or after death?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.1 % of people
-- remedy:      Ask the source how it fills an unknown birth date; leave it empty rather than 1900-01-01 or a date to
--     come.
-- why:         Age decides who a measure counts. Without a birth date a person is in no age group.
select
    p.data_source,
    count(*) filter (
        where p.birth_date is null or p.birth_date < date '1900-01-01' or p.birth_date > p.death_date
    ) as found_count,
    count(*) as checked_count
from core.person as p
group by p.data_source
having found_count > 0
