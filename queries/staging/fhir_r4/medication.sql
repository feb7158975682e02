-- title:       Medication orders, administrations, dispenses and statements in FHIR
-- grain:       data_source, event_type, medication_id
-- why:         A drug is coded in place or in a Medication that is pointed at. Doses per day come from the first
--              dosage instruction: its repeat, else its times of day, else its timing code.
with drug as (
    select data_source, id, codes from raw.fhir_r4_medication
),

request as (
    select
        data_source,
        patient_id,
        id,
        'request' as event_type,
        encounter_id,
        status,
        status_reason_codes,
        intent,
        do_not_perform,
        category,
        drug_id,
        codes,
        reason_codes,
        authored_at,
        bounds_start_at as period_start_at,
        coalesce(
            bounds_end_at,
            case
                when bounds_duration_unit in ('d', 'day', 'days')
                    then cast(cast(bounds_start_at as date) + (cast(bounds_duration as integer) - 1) as timestamp)
            end
        ) as period_end_at,
        validity_start_at,
        supply,
        supply_unit,
        quantity,
        quantity_unit,
        refills,
        frequency,
        period,
        period_unit,
        day_times,
        timing_code,
        as_needed,
        dose_quantity,
        dose_unit
    from raw.fhir_r4_medication_request
),

administration as (
    select
        data_source,
        patient_id,
        id,
        'administration' as event_type,
        encounter_id,
        status,
        status_reason_codes,
        [category] as category,
        drug_id,
        codes,
        reason_codes,
        effective_start_at as authored_at,
        effective_start_at as period_start_at,
        effective_end_at as period_end_at,
        dose_quantity,
        dose_quantity_unit as dose_unit
    from raw.fhir_r4_medication_administration
),

dispense as (
    select
        data_source,
        patient_id,
        id,
        'dispense' as event_type,
        encounter_id,
        status,
        status_reason_codes,
        [category] as category,
        drug_id,
        codes,
        coalesce(handed_over_at, prepared_at) as authored_at,
        coalesce(handed_over_at, prepared_at) as period_start_at,
        supply,
        supply_unit,
        quantity,
        quantity_unit,
        frequency,
        period,
        period_unit,
        day_times,
        timing_code,
        as_needed,
        dose_quantity,
        dose_unit
    from raw.fhir_r4_medication_dispense
),

statement as (
    select
        data_source,
        patient_id,
        id,
        'statement' as event_type,
        encounter_id,
        status,
        status_reason_codes,
        [category] as category,
        drug_id,
        codes,
        reason_codes,
        asserted_at as authored_at,
        effective_start_at as period_start_at,
        effective_end_at as period_end_at
    from raw.fhir_r4_medication_statement
),

event as (
    select * from request
    union all by name
    select * from administration
    union all by name
    select * from dispense
    union all by name
    select * from statement
),

-- Days in the unit of a period or supply (UCUM and the words that exports use).
dosed as (
    select
        event.*,
        case
            when event.period_unit = 's' then 1.0 / 86400
            when event.period_unit = 'min' then 1.0 / 1440
            when event.period_unit = 'h' then 1.0 / 24
            when event.period_unit = 'd' then 1.0
            when event.period_unit = 'wk' then 7.0
            when event.period_unit = 'mo' then 30.0
            when event.period_unit = 'a' then 365.0
        end * coalesce(event.period, 1) as period_days,
        case
            when event.supply_unit is null or lower(event.supply_unit) in ('d', 'day', 'days', '{days}') then 1.0
            when lower(event.supply_unit) in ('wk', 'week', 'weeks') then 7.0
            when lower(event.supply_unit) in ('mo', 'month', 'months') then 30.0
            when lower(event.supply_unit) in ('a', 'year', 'years') then 365.0
            when lower(event.supply_unit) in ('h', 'hour', 'hours') then 1.0 / 24
        end as supply_unit_days
    from event
),

final as (
    select
        dosed.data_source,
        dosed.patient_id as source_person_id,
        dosed.id as medication_id,
        dosed.event_type,
        dosed.encounter_id,
        dosed.status,
        coalesce(dosed.status_reason_codes, []) as status_reason_codes,
        dosed.intent,
        dosed.do_not_perform,
        list_filter(coalesce(dosed.category, []), lambda c: c is not null) as category,
        case when len(dosed.codes) > 0 then dosed.codes else coalesce(drug.codes, []) end as codes,
        coalesce(dosed.reason_codes, []) as reason_codes,
        dosed.authored_at,
        dosed.period_start_at,
        dosed.period_end_at,
        dosed.validity_start_at,
        dosed.supply * dosed.supply_unit_days as days_supply,
        dosed.quantity,
        dosed.quantity_unit,
        dosed.refills,
        dosed.dose_quantity,
        dosed.dose_unit,
        case
            when dosed.period_days > 0 and dosed.frequency is not null then dosed.frequency / dosed.period_days
            when len(dosed.day_times) > 0 then cast(len(dosed.day_times) as double)
            when dosed.timing_code in ('QD', 'AM', 'PM', 'BED') then 1.0
            when dosed.timing_code = 'BID' then 2.0
            when dosed.timing_code = 'TID' then 3.0
            when dosed.timing_code in ('QID', 'Q6H') then 4.0
            when dosed.timing_code = 'QOD' then 0.5
            when dosed.timing_code = 'WK' then 1.0 / 7
            when dosed.timing_code = 'MO' then 1.0 / 30
            when dosed.timing_code = 'Q1H' then 24.0
            when dosed.timing_code = 'Q2H' then 12.0
            when dosed.timing_code = 'Q3H' then 8.0
            when dosed.timing_code = 'Q4H' then 6.0
            when dosed.timing_code = 'Q8H' then 3.0
            when dosed.period_days > 0 then 1 / dosed.period_days
        end as doses_per_day
    from dosed
    left join drug
        on drug.data_source = dosed.data_source and drug.id = dosed.drug_id
)

select * from final
