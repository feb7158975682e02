-- title:       ZIP codes of another state
-- question:    How many people have a ZIP code whose first three digits lie in another state?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   1 % of people
-- affects:     groups
-- remedy:      Ask which of the two is newer; a mailing address abroad is the usual cause.
-- why:         Under a policy that keeps ZIP3 areas, the map believes the ZIP code.
select
    p.data_source,
    count(*) filter (where a.state <> p.state) as found_count,
    count(*) as checked_count
from core.person as p
inner join reference.area as a on p.zip3 = a.area_id and a.area_level = 'zip3'
where p.state is not null and a.state is not null
group by p.data_source
