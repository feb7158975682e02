-- title:       Race given as Other Race
-- question:    For how many people of known race is it Other Race?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   15 % of people
-- affects:     groups
-- remedy:      Ask whether the source maps what it can't read, or Hispanic ethnicity, to Other.
-- why:         Other is a group that nobody can act for. A large one is mostly a mapping that gave up.
-- see:         2020 census, redistricting data: Some Other Race alone is 8.4 % of the United States
select
    p.data_source,
    count(*) filter (where p.race = 'Other Race') as found_count,
    count(*) as checked_count
from core.person as p
where p.race is not null
group by p.data_source
