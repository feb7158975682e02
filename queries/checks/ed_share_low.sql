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
    d.data_source,
    case when 200 * sum(p.ed_visits) < sum(p.ed_visits + p.visits) then 1 else 0 end as found_count,
    1 as checked_count
from marts.person_year as p
inner join core.person as d on p.person_id = d.person_id
group by d.data_source
having sum(p.ed_visits + p.visits) >= 1000
