-- title:       Frailty
-- question:    Who shows a sign of frailty in the period?
-- grain:       person_id, period_start
-- valuesets:   Frailty Device; Frailty Diagnosis; Frailty Encounter; Frailty Symptom; LOINC|98181-1
-- why:         One sign is enough: a device ordered or in use, a diagnosis, an encounter or a symptom.
with event as (
    select e.*
    from marts.event as e
    where
        e.valueset in ('Frailty Device', 'Frailty Diagnosis', 'Frailty Encounter', 'Frailty Symptom', 'LOINC|98181-1')
        -- a symptom may also be a first report that isn't final yet
        and (e.is_valid or (e.valueset = 'Frailty Symptom' and e.status = 'preliminary'))
),

sign as (
    select
        e.person_id,
        period.period_start,
        'device ordered' as reason,
        e.start_date as evidence_date
    from event as e
    inner join reference.period as period
        on e.start_date between period.period_start and period.period_end
    where e.event_kind = 'device_request' and e.valueset = 'Frailty Device'
    union all
    -- medical equipment that the person was found to use, by the end of the finding
    select
        e.person_id,
        period.period_start,
        'device in use' as reason,
        e.end_date as evidence_date
    from event as e
    inner join reference.period as period
        on e.end_date between period.period_start and period.period_end
    where
        e.event_kind = 'observation'
        and e.valueset = 'LOINC|98181-1'
        and array_contains(e.value_in, 'Frailty Device')
    union all
    select
        e.person_id,
        period.period_start,
        'frailty ' || e.event_kind as reason,
        greatest(e.start_date, period.period_start) as evidence_date
    from event as e
    inner join reference.period as period
        on
            e.start_date <= period.period_end
            and e.end_date >= period.period_start
    where
        (e.event_kind = 'condition' and e.valueset = 'Frailty Diagnosis')
        or (e.event_kind = 'encounter' and e.valueset = 'Frailty Encounter')
        or (e.event_kind = 'observation' and e.valueset = 'Frailty Symptom')
)

select
    person_id,
    period_start,
    list_sort(list(distinct reason)) as reasons,
    min(evidence_date) as evidence_date
from sign
group by person_id, period_start
