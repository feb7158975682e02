-- title:       Nearly everybody of one sex
-- question:    Is one sex more than nine in ten of a source's people?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0 sources
-- affects:     groups, measures
-- remedy:      Check how the source codes sex; 1 and 2 are often swapped or one of them lost.
-- why:         A plan's people are about half and half. A plan of one sex exists, but then its steward knows.
select
    p.data_source,
    case
        when
            10 * greatest(count(*) filter (where p.sex = 'female'), count(*) filter (where p.sex = 'male'))
            > 9 * count(p.sex)
            then 1
        else 0
    end as found_count,
    1 as checked_count
from core.person as p
group by p.data_source
having count(p.sex) >= 100
