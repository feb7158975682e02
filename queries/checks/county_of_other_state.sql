-- title:       Counties of another state
-- question:    How many people live in a county that isn't in their state?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   1 % of people
-- affects:     groups
-- remedy:      Ask which of the two is newer; an address that moved in one column only is the usual cause.
-- why:         One of the two is wrong, and the map believes the county.
select
    p.data_source,
    count(*) filter (where a.state <> p.state) as found_count,
    count(*) as checked_count
from core.person as p
inner join reference.area as a on p.county_fips = a.area_id and a.area_level = 'county'
where p.state is not null
group by p.data_source
