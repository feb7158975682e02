-- title:       Living people older than 115
-- question:    How many people who aren't known to have died are older than 115 when the data end?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.1 % of people
-- affects:     groups, measures
-- remedy:      Ask for death dates; people who died long ago often stay in a membership file.
-- why:         A handful of people in the world are that old. These are mostly deaths that nobody reported.
-- see:         Gerontology Research Group, list of validated supercentenarians: fewer than ten people above 115 at any
--     time
select
    p.data_source,
    count(*) filter (
        where year(coalesce(t.data_through_date, current_date)) - year(p.birth_date) > 115
    ) as found_count,
    count(*) as checked_count
from core.person as p
left join core.data_through as t on p.data_source = t.data_source
where not p.is_deceased and p.birth_date is not null
group by p.data_source
