-- title:       People without a birth date
-- question:    How many people have no birth date?
-- grain:       data_source
-- kind:        completeness
-- threshold:   0.1 % of people
-- not_fit:     20 % of people
-- affects:     groups, measures
-- remedy:      Ask the source for birth dates; a year alone is enough.
-- why:         Age decides who a measure counts. Without a birth date a person is in no age group and in no measure.
select
    p.data_source,
    count(*) filter (where p.birth_date is null) as found_count,
    count(*) as checked_count
from core.person as p
group by p.data_source
