-- title:       Medications in Synthea's CSV files
-- grain:       data_source, event_type, medication_id
-- why:         Each row is an order with the time it held for; one without a STOP is still active. DISPENSES counts
--     how often the drug was handed over, so all but the first are refills. Neither dose nor supply is written.
select
    m.data_source,
    m.patient as source_person_id,
    md5(concat_ws(
        '|', m.patient, coalesce(m.encounter, ''), m.code, m.start, coalesce(cast(m.stop as varchar), ''),
        coalesce(m.dispenses, 0)
    )) as medication_id,
    'request' as event_type,
    m.encounter as encounter_id,
    case when m.stop is null then 'active' else 'completed' end as status,
    [] as status_reason_codes,
    'order' as intent,
    cast(null as boolean) as do_not_perform,
    [] as category,
    [{ 'system': 'RXNORM', 'code': m.code }] as codes,
    case when m.reasoncode is null then [] else [{ 'system': 'SNOMEDCT', 'code': m.reasoncode }] end as reason_codes,
    m.start as authored_at,
    m.start as period_start_at,
    m.stop as period_end_at,
    cast(null as timestamp) as validity_start_at,
    cast(null as double) as days_supply,
    cast(null as double) as quantity,
    cast(null as varchar) as quantity_unit,
    case when m.dispenses > 0 then m.dispenses - 1 end as refills,
    cast(null as double) as dose_quantity,
    cast(null as varchar) as dose_unit,
    cast(null as double) as doses_per_day
from raw.synthea_csv_medications as m
