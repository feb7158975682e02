-- title:       Many emergency visits
-- question:    What share of visits is in the emergency department?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   30 % of visits
-- affects:     ed_visits_per_1000
-- remedy:      Look for observation and urgent care coded as emergency, and for office visits that are missing.
-- why:         In the United States about one visit in eight is in an emergency department. A share far above means
--     that others are missing.
-- see:         CDC: National Hospital Ambulatory Medical Care Survey 2022 (155 million emergency visits) and National
--     Ambulatory Medical Care Survey 2019 (1.0 billion office visits)
select
    d.data_source,
    cast(sum(p.ed_visits) as bigint) as found_count,
    cast(sum(p.ed_visits + p.visits) as bigint) as checked_count
from marts.person_year as p
inner join core.person as d on p.person_id = d.person_id
group by d.data_source
having sum(p.ed_visits + p.visits) > 0
