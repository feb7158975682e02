-- title:       Breast cancer screening
-- id:          CMS125
-- question:    Which women aged 42 to 74 had a mammogram in time?
-- grain:       person_id, group_id, period_start
-- better:      higher
-- why:         Screening finds breast cancer while it is small; uptake differs by race, language and place.
-- needs:       exact_dates, outpatient, imaging
-- spec:        CMS125, FHIR version of the 2026 performance period; steward NCQA; see NOTICE
-- valuesets:   Mammography; Bilateral Mastectomy; History of bilateral mastectomy; Status Post Left Mastectomy;
--     Status Post Right Mastectomy; Unilateral Mastectomy Left; Unilateral Mastectomy Right;
--     Unilateral Mastectomy, Unspecified Laterality; SNOMEDCT|7771000; SNOMEDCT|24028007
with eligible as (
    select *
    from blocks.person_period
    where
        age_at_end_years between 42 and 74
        -- sex as recorded for clinical use (248152002: female), not administrative gender
        and sex_code = '248152002'
),

-- Breasts removed by the end of the period: a diagnosis that began, or a procedure that ended, by then. Where the
-- diagnosis leaves the side open, its body site tells it.
breast_absence as (
    select
        event.person_id,
        period.period_start,
        event.valueset in ('Bilateral Mastectomy', 'History of bilateral mastectomy') as is_bilateral,
        event.valueset in ('Status Post Right Mastectomy', 'Unilateral Mastectomy Right')
        or (
            event.valueset = 'Unilateral Mastectomy, Unspecified Laterality'
            and coalesce(array_contains(event.site_in, 'SNOMEDCT|24028007'), false)
        ) as is_right,
        event.valueset in ('Status Post Left Mastectomy', 'Unilateral Mastectomy Left')
        or (
            event.valueset = 'Unilateral Mastectomy, Unspecified Laterality'
            and coalesce(array_contains(event.site_in, 'SNOMEDCT|7771000'), false)
        ) as is_left
    from marts.event as event
    inner join reference.period as period
        on
            case when event.event_kind = 'condition' then event.start_date else event.end_date end
            <= period.period_end
    where
        event.is_valid
        and (
            (
                event.event_kind = 'condition'
                and event.valueset in (
                    'History of bilateral mastectomy',
                    'Status Post Left Mastectomy',
                    'Status Post Right Mastectomy',
                    'Unilateral Mastectomy, Unspecified Laterality'
                )
            )
            or (
                event.event_kind = 'procedure'
                and event.valueset in (
                    'Bilateral Mastectomy', 'Unilateral Mastectomy Left', 'Unilateral Mastectomy Right'
                )
            )
        )
),

no_breast as (
    select
        person_id,
        period_start
    from breast_absence
    group by person_id, period_start
    having bool_or(is_bilateral) or (bool_or(is_right) and bool_or(is_left))
),

-- Images only: a mammogram that ended between 1 October two years before the period and the end of the period.
mammogram as (
    select
        image.person_id,
        period.period_start,
        max(image.end_date) as evidence_date
    from marts.event as image
    inner join reference.period as period
        on
            image.end_date <= period.period_end
            and image.end_date >= make_date(year(period.period_start) - 2, 10, 1)
    where
        image.event_kind = 'observation'
        and image.valueset = 'Mammography'
        and image.is_valid
        and array_contains(image.category, 'imaging')
    group by image.person_id, period.period_start
),

assessed as (
    select
        eligible.person_id,
        eligible.period_start,
        eligible.age_at_end_years,
        visit.person_id is not null as is_initial,
        (
            hospice.person_id is not null
            or no_breast.person_id is not null
            or frail.person_id is not null
            or nursing_home.person_id is not null
            or palliative.person_id is not null
        ) as is_excluded,
        mammogram.person_id is not null as is_screened,
        mammogram.evidence_date
    from eligible
    left join blocks.adult_outpatient_visit as visit
        on
            eligible.person_id = visit.person_id
            and eligible.period_start = visit.period_start
    left join mammogram
        on
            eligible.person_id = mammogram.person_id
            and eligible.period_start = mammogram.period_start
    left join no_breast
        on
            eligible.person_id = no_breast.person_id
            and eligible.period_start = no_breast.period_start
    left join blocks.hospice as hospice
        on
            eligible.person_id = hospice.person_id
            and eligible.period_start = hospice.period_start
    left join blocks.advanced_illness_with_frailty as frail
        on
            eligible.person_id = frail.person_id
            and eligible.period_start = frail.period_start
    left join blocks.nursing_home as nursing_home
        on
            eligible.person_id = nursing_home.person_id
            and eligible.period_start = nursing_home.period_start
    left join blocks.palliative_care as palliative
        on
            eligible.person_id = palliative.person_id
            and eligible.period_start = palliative.period_start
)

select
    person_id,
    'Group_1' as group_id,
    period_start,
    cast(is_initial as integer) as initial_population,
    cast(is_initial as integer) as denominator,
    cast(is_excluded as integer) as denominator_exclusion,
    0 as denominator_exception,
    cast(is_screened as integer) as numerator,
    case when age_at_end_years <= 51 then '42-51' end as stratum_1,
    case when age_at_end_years >= 52 then '52-74' end as stratum_2,
    evidence_date,
    case when not is_screened then 'no test' end as reason
from assessed
