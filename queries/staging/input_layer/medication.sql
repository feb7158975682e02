-- title:       Medications in the input layer
-- grain:       data_source, event_type, medication_id
-- why:         A row with a dispensing date was handed over; any other is a prescription, taken as an active order.
with medication as (
    select
        *,
        coalesce(rxnorm_code, ndc_code, source_code) as code,
        case
            when rxnorm_code is not null then 'RXNORM'
            when ndc_code is not null then 'NDC'
            else upper(source_code_type)
        end as code_system
    from raw.input_layer_medication
)

select
    data_source,
    person_id as source_person_id,
    medication_id,
    case when dispensing_date is not null then 'dispense' else 'request' end as event_type,
    encounter_id,
    coalesce(lower(status), case when dispensing_date is not null then 'completed' else 'active' end) as status,
    [] as status_reason_codes,
    case when dispensing_date is null then 'order' end as intent,
    cast(null as boolean) as do_not_perform,
    [] as category,
    case
        when code is null then []
        when rxnorm_code is not null and ndc_code is not null
            then [{ 'system': 'RXNORM', 'code': rxnorm_code }, { 'system': 'NDC', 'code': ndc_code }]
        else [{ 'system': code_system, 'code': code }]
    end as codes,
    [] as reason_codes,
    cast(coalesce(prescribing_date, dispensing_date) as timestamp) as authored_at,
    cast(coalesce(dispensing_date, prescribing_date) as timestamp) as period_start_at,
    cast(
        cast(coalesce(dispensing_date, prescribing_date) + (days_supply - 1) as date) + time '23:59:59.999' as timestamp
    ) as period_end_at,
    cast(null as timestamp) as validity_start_at,
    cast(days_supply as double) as days_supply,
    quantity,
    quantity_unit,
    cast(null as integer) as refills,
    cast(null as double) as dose_quantity,
    cast(null as varchar) as dose_unit,
    cast(null as double) as doses_per_day
from medication
