-- title:       Palliative care
-- question:    Who had palliative care at any time in the period?
-- grain:       person_id, period_start
-- valuesets:   Palliative Care Encounter; Palliative Care Intervention; Palliative Care Diagnosis; LOINC|71007-9
-- why:         Care that eases serious illness has other aims than screening and tight control.
select
    event.person_id,
    period.period_start,
    list_sort(list(distinct 'palliative care ' || event.event_kind)) as reasons,
    min(greatest(event.start_date, period.period_start)) as evidence_date
from marts.event as event
inner join reference.period as period
    on
        event.start_date <= period.period_end
        and event.end_date >= period.period_start
where
    event.is_valid
    and (
        (event.event_kind = 'encounter' and event.valueset = 'Palliative Care Encounter')
        or (event.event_kind = 'procedure' and event.valueset = 'Palliative Care Intervention')
        or (event.event_kind = 'condition' and event.valueset = 'Palliative Care Diagnosis')
        -- the questionnaire for palliative care: having been asked is enough
        or (event.event_kind = 'observation' and event.valueset = 'LOINC|71007-9')
    )
group by event.person_id, period.period_start
