-- title:       Advanced illness
-- question:    Who was found to have an advanced illness, or took a medicine for dementia, in the period or the year
--     before it?
-- grain:       person_id, period_start
-- valuesets:   Advanced Illness; Dementia Medications
-- why:         Together with frailty it says that the benefit of screening and tight control is in doubt. An illness
--     counts by the day it began; a dementia medicine by the days its order covers, if the order is still active.
select
    event.person_id,
    period.period_start,
    list_sort(list(distinct event.valueset)) as reasons,
    min(greatest(event.start_date, cast(period.period_start - interval 1 year as date))) as evidence_date
from marts.event as event
inner join reference.period as period
    on
        event.start_date <= period.period_end
        and (
            (
                event.event_kind = 'condition'
                and event.valueset = 'Advanced Illness'
                and event.start_date >= cast(period.period_start - interval 1 year as date)
            )
            or (
                event.event_kind = 'medication_request'
                and event.valueset = 'Dementia Medications'
                and event.status = 'active'
                and event.end_date >= cast(period.period_start - interval 1 year as date)
            )
        )
where
    event.is_valid
    and event.valueset in ('Advanced Illness', 'Dementia Medications')
group by event.person_id, period.period_start
