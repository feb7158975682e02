-- title:       People who died before they were born
-- question:    Whose date of death lies before the date of birth?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0 people
-- affects:     people, member_months, measures
-- remedy:      Look for swapped columns, or for dates written day first.
-- why:         One of the two dates is wrong. Such a date isn't used (core.person), so the person's
--     enrolment and use run on.
select
    s.data_source,
    count(*) filter (where s.death_date < s.birth_date) as found_count,
    count(*) as checked_count
from staging.person as s
where s.death_date is not null and s.birth_date is not null
group by s.data_source
