-- title:       Diabetes: glycemic status above 9 %
-- id:          CMS122
-- question:    Which people with diabetes, 18 to 75 years old, had no result in the period, or a last result above 9 %?
-- grain:       person_id, group_id, period_start
-- better:      lower
-- why:         High blood sugar over years harms eyes, kidneys, nerves and heart; who goes untested or stays high
--     differs by income, race and place.
-- needs:       exact_dates, outpatient, diagnoses, labs
-- spec:        CMS122, FHIR version of the 2026 performance period; steward NCQA; see NOTICE
-- valuesets:   Diabetes; HbA1c Laboratory Test; LOINC|97506-0; Office Visit; Annual Wellness Visit;
--     Preventive Care Services Established Office Visit, 18 and Up;
--     Preventive Care Services Initial Office Visit, 18 and Up; Home Healthcare Services; Nutrition Services;
--     Telephone Visits; CPT|97802; CPT|97803; CPT|97804; HCPCS|G0270; HCPCS|G0271
with eligible as (
    select *
    from blocks.person_period
    where age_at_end_years between 18 and 75
),

-- A diagnosis made at an encounter, in force at any time in the period; an entry in the problem list is not enough.
diabetes as (
    select distinct
        diagnosis.person_id,
        period.period_start
    from marts.event as diagnosis
    inner join reference.period as period
        on
            diagnosis.start_date <= period.period_end
            and diagnosis.end_date >= period.period_start
    where
        diagnosis.event_kind = 'condition'
        and diagnosis.valueset = 'Diabetes'
        and diagnosis.is_valid
        and array_contains(diagnosis.category, 'encounter-diagnosis')
),

-- A finished visit that lies within the period; five single codes for medical nutrition therapy count as visits too.
visit as (
    select distinct
        encounter.person_id,
        period.period_start
    from marts.event as encounter
    inner join reference.period as period
        on
            encounter.start_date >= period.period_start
            and encounter.end_date <= period.period_end
    where
        encounter.event_kind = 'encounter'
        and encounter.is_valid
        and encounter.valueset in (
            'Office Visit',
            'Annual Wellness Visit',
            'Preventive Care Services Established Office Visit, 18 and Up',
            'Preventive Care Services Initial Office Visit, 18 and Up',
            'Home Healthcare Services',
            'Nutrition Services',
            'Telephone Visits',
            'CPT|97802',
            'CPT|97803',
            'CPT|97804',
            'HCPCS|G0270',
            'HCPCS|G0271'
        )
),

-- Results of HbA1c or of the glucose management indicator, dated by their latest moment. The codes say that they are
-- laboratory tests; the category they are filed under doesn't matter.
glycemic_result as (
    select
        result.person_id,
        period.period_start,
        result.event_id,
        result.value_number,
        coalesce(result.has_value, false) as has_value,
        -- a value in another unit can't be compared with 9 %, and so isn't above it
        left(coalesce(result.value_unit, '%'), 1) = '%' or lower(result.value_unit) = 'percent' as is_percent,
        case when result.end_date < date '9999-12-31' then result.end_date else result.start_date end as result_date
    from marts.event as result
    inner join reference.period as period
        on
            case when result.end_date < date '9999-12-31' then result.end_date else result.start_date end
            between period.period_start and period.period_end
    where
        result.event_kind = 'observation'
        and result.valueset in ('HbA1c Laboratory Test', 'LOINC|97506-0')
        and result.is_valid
),

-- Of the last day that has a result the lowest counts; a result without a value comes before all others.
last_result as (
    select *
    from glycemic_result
    qualify
        row_number() over (
            partition by person_id, period_start
            order by result_date desc, has_value, value_number nulls first, event_id
        ) = 1
),

assessed as (
    select
        eligible.person_id,
        eligible.period_start,
        diabetes.person_id is not null and visit.person_id is not null as is_initial,
        (
            hospice.person_id is not null
            or nursing_home.person_id is not null
            or frail.person_id is not null
            or palliative.person_id is not null
        ) as is_excluded,
        case
            when last_result.person_id is null then 'no test'
            when not last_result.has_value then 'no value'
            when last_result.is_percent and last_result.value_number > 9 then 'out of range'
        end as reason,
        last_result.result_date as evidence_date
    from eligible
    left join diabetes
        on
            eligible.person_id = diabetes.person_id
            and eligible.period_start = diabetes.period_start
    left join visit
        on
            eligible.person_id = visit.person_id
            and eligible.period_start = visit.period_start
    left join last_result
        on
            eligible.person_id = last_result.person_id
            and eligible.period_start = last_result.period_start
    left join blocks.hospice as hospice
        on
            eligible.person_id = hospice.person_id
            and eligible.period_start = hospice.period_start
    left join blocks.nursing_home as nursing_home
        on
            eligible.person_id = nursing_home.person_id
            and eligible.period_start = nursing_home.period_start
    left join blocks.advanced_illness_with_frailty as frail
        on
            eligible.person_id = frail.person_id
            and eligible.period_start = frail.period_start
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
    cast(reason is not null as integer) as numerator,
    evidence_date,
    reason
from assessed
