-- title:       Immunisations in Synthea's CSV files
-- grain:       data_source, immunization_id
-- why:         Codes are CVX, whose numbers below ten are written with a zero that spreadsheets drop.
select
    i.data_source,
    i.patient as source_person_id,
    md5(concat_ws('|', i.patient, coalesce(i.encounter, ''), i.code, i.date)) as immunization_id,
    i.encounter as encounter_id,
    'completed' as status,
    [] as status_reason_codes,
    [{ 'system': 'CVX', 'code': case when length(i.code) = 1 then '0' || i.code else i.code end }] as codes,
    i.date as occurrence_at,
    i.date as recorded_at
from raw.synthea_csv_immunizations as i
