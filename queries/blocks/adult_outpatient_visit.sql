-- title:       Adult outpatient visits
-- question:    Who had an outpatient visit of a kind that adult preventive measures ask for, within the period?
-- grain:       person_id, period_start
-- valuesets:   Office Visit; Annual Wellness Visit; Preventive Care Services Established Office Visit, 18 and Up;
--     Preventive Care Services Initial Office Visit, 18 and Up; Home Healthcare Services; Virtual Encounter;
--     Telephone Visits
-- why:         Measures judge care only where there was a visit to give it. The whole visit lies within the period, by
--     calendar day; a visit that hasn't ended doesn't count. Days are counted, so that a visit seen both in claims and
--     in the record is one.
select
    visit.person_id,
    period.period_start,
    count(distinct visit.start_date) as visit_days,
    min(visit.start_date) as first_visit_date,
    max(visit.start_date) as last_visit_date
from marts.event as visit
inner join reference.period as period
    on
        visit.start_date >= period.period_start
        and visit.end_date <= period.period_end
where
    visit.event_kind = 'encounter'
    and visit.is_valid
    and visit.valueset in (
        'Office Visit',
        'Annual Wellness Visit',
        'Preventive Care Services Established Office Visit, 18 and Up',
        'Preventive Care Services Initial Office Visit, 18 and Up',
        'Home Healthcare Services',
        'Virtual Encounter',
        'Telephone Visits'
    )
group by visit.person_id, period.period_start
