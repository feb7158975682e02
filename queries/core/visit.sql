-- title:       Visits
-- question:    When was each person seen, and in what kind of place?
-- grain:       person_id, visit_type, start_date
-- why:         Counted use. (1) Stays come from core.stay: an acute one is an inpatient visit; a newborn's, a
--     psychiatric and a non-acute one keep their own name and are no inpatient stays. (2) Emergency and observation
--     contacts (core.contact_day) that share a day are one visit, so a night in the emergency department is one, and so
--     are three days of observation. (3) If a hospital stay begins on the days of an emergency or observation visit or
--     on the day after, or the visit begins during the stay before its last day, it is part of the stay and isn't
--     counted again: those who came through the emergency department are the visits here plus the stays that
--     began_in_emergency. A nursing home doesn't swallow an emergency visit. (4) Emergency care that ends in
--     observation is an emergency visit and an observation visit, as both are outpatient care. (5) Other kinds: one a
--     person, kind and day. (6) Nothing begins after the day of death.
with hospital_day as (
    select
        d.*,
        max(d.end_date) over (
            partition by d.person_id, d.visit_type order by d.start_date
            rows between unbounded preceding and 1 preceding
        ) as reached_date
    from core.contact_day as d
    where d.visit_type in ('emergency', 'observation')
),

hospital_visit as (
    select
        n.person_id,
        n.visit_type,
        min(n.start_date) as start_date,
        max(n.end_date) as end_date,
        min(n.organization_key) as organization_key,
        min(n.source) as source
    from (
        select
            h.*,
            sum(case when h.start_date <= h.reached_date then 0 else 1 end) over (
                partition by h.person_id, h.visit_type order by h.start_date rows unbounded preceding
            ) as visit_number
        from hospital_day as h
    ) as n
    group by n.person_id, n.visit_type, n.visit_number
),

each_visit as (
    select
        s.person_id,
        case when s.stay_type = 'acute' then 'inpatient' else s.stay_type end as visit_type,
        s.start_date,
        s.end_date,
        s.organization_key,
        null as specialty_group,
        s.source
    from core.stay as s
    union all
    select h.person_id, h.visit_type, h.start_date, h.end_date, h.organization_key, null as specialty_group, h.source
    from hospital_visit as h
    anti join core.stay as s
        on
            h.person_id = s.person_id
            and s.stay_type <> 'nonacute'
            and s.start_date <= h.end_date + 1
            and (h.start_date <= s.start_date or h.start_date < s.end_date)
    union all
    select
        d.person_id, d.visit_type, d.start_date, d.start_date as end_date, d.organization_key, d.specialty_group,
        d.source
    from core.contact_day as d
    where d.visit_type not in ('emergency', 'observation')
)

select
    v.person_id,
    v.visit_type,
    v.organization_key,
    v.specialty_group,
    v.source,
    v.start_date,
    v.end_date
from each_visit as v
inner join core.person as p on v.person_id = p.person_id
where v.start_date <= coalesce(p.death_date, v.start_date)
