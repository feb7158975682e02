-- title:       Hospice care
-- question:    Who was in hospice care, or sent to it, at any time in the period?
-- grain:       person_id, period_start
-- valuesets:   Encounter Inpatient; Hospice Encounter; Hospice Care Ambulatory; Hospice Diagnosis; LOINC|45755-6;
--     SNOMEDCT|373066001; SNOMEDCT|428361000124107; SNOMEDCT|428371000124100
-- why:         Near the end of life comfort comes first, so measures of screening and control leave these people out.
with event as (
    select e.*
    from marts.event as e
    where
        e.is_valid
        and e.valueset in (
            'Encounter Inpatient',
            'Hospice Encounter',
            'Hospice Care Ambulatory',
            'Hospice Diagnosis',
            'LOINC|45755-6'
        )
),

sign as (
    -- an inpatient stay that ended in the period with discharge to hospice, at home or in a facility
    select
        e.person_id,
        period.period_start,
        'discharge to hospice' as reason,
        e.end_date as evidence_date
    from event as e
    inner join reference.period as period
        on e.end_date between period.period_start and period.period_end
    where
        e.event_kind = 'encounter'
        and e.valueset = 'Encounter Inpatient'
        and (
            array_contains(e.disposition_in, 'SNOMEDCT|428361000124107')
            or array_contains(e.disposition_in, 'SNOMEDCT|428371000124100')
        )
    union all
    -- a hospice encounter, procedure or diagnosis, or an assessment that answers yes, overlapping the period
    select
        e.person_id,
        period.period_start,
        'hospice ' || e.event_kind as reason,
        greatest(e.start_date, period.period_start) as evidence_date
    from event as e
    inner join reference.period as period
        on
            e.start_date <= period.period_end
            and e.end_date >= period.period_start
    where
        (e.event_kind = 'encounter' and e.valueset = 'Hospice Encounter')
        or (e.event_kind = 'procedure' and e.valueset = 'Hospice Care Ambulatory')
        or (e.event_kind = 'condition' and e.valueset = 'Hospice Diagnosis')
        or (
            e.event_kind = 'observation'
            and e.valueset = 'LOINC|45755-6'
            and array_contains(e.value_in, 'SNOMEDCT|373066001')
        )
    union all
    -- hospice care ordered in the period
    select
        e.person_id,
        period.period_start,
        'hospice order' as reason,
        e.start_date as evidence_date
    from event as e
    inner join reference.period as period
        on e.start_date between period.period_start and period.period_end
    where e.event_kind = 'service_request' and e.valueset = 'Hospice Care Ambulatory'
)

select
    person_id,
    period_start,
    list_sort(list(distinct reason)) as reasons,
    min(evidence_date) as evidence_date
from sign
group by person_id, period_start
