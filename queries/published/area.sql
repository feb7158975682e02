-- title:       Areas
-- question:    Which areas lie in the states where people live, and how many live there in all?
-- grain:       area_level, area_id
-- why:         Every area of these states is listed, with or without people of ours, so that the list says nothing of
--     anyone. population is the census count of all residents, where known.
select
    a.area_level,
    a.area_id,
    a.area_name,
    a.state,
    a.population
from reference.area as a
where a.state in (select p.state from core.person as p)
