-- title:       County codes that no county has
-- question:    How many people have a county code that is no county's?
-- grain:       data_source
-- kind:        conformance
-- threshold:   1 % of people
-- affects:     groups
-- remedy:      Write five digits, state and county. Connecticut's codes changed in 2022; SSA codes aren't FIPS codes.
-- why:         People with such a code are in no county on the map.
select
    p.data_source,
    count(*) filter (where a.area_id is null) as found_count,
    count(*) as checked_count
from core.person as p
left join reference.area as a on p.county_fips = a.area_id and a.area_level = 'county'
where p.county_fips is not null
group by p.data_source
