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
    p.data_source,
    count(*) filter (where v.visit_type = 'emergency') as found_count,
    count(*) as checked_count
from core.visit as v
inner join core.person as p on v.person_id = p.person_id
where v.visit_type in ('emergency', 'office', 'telehealth')
group by p.data_source
