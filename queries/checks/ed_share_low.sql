-- title:       Hardly any emergency visits
-- question:    Which sources with at least a thousand visits have fewer than one emergency visit in two hundred?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0 sources
-- affects:     ed_visits_per_1000
-- remedy:      Check that revenue codes, place of service 23 and emergency classes are delivered.
-- why:         A rate of emergency visits near zero is mostly a column that is missing, not good health.
-- see:         See ed_share_high
select
    p.data_source,
    case when 200 * count(*) filter (where v.visit_type = 'emergency') < count(*) then 1 else 0 end as found_count,
    1 as checked_count
from core.visit as v
inner join core.person as p on v.person_id = p.person_id
where v.visit_type in ('emergency', 'office', 'telehealth')
group by p.data_source
having count(*) >= 1000
