-- title:       Allergies and intolerances in Synthea's CSV files
-- grain:       data_source, allergy_id
-- why:         Drugs are coded in RxNorm, other substances in SNOMED CT; older files say SNOMED CT only.
select
    a.data_source,
    a.patient as source_person_id,
    md5(concat_ws('|', a.patient, coalesce(a.encounter, ''), a.code, a.start)) as allergy_id,
    case when a.stop is null then 'active' else 'resolved' end as clinical_status,
    cast(null as varchar) as verification_status,
    [{
        'system': case
            when a.system is null or lower(a.system) similar to '.*snomed.*' then 'SNOMEDCT'
            when lower(a.system) similar to '.*rxnorm.*' then 'RXNORM'
            else a.system
        end,
        'code': a.code
    }] as codes,
    a.start as onset_start_at,
    case
        when a.start = date_trunc('day', a.start) then cast(cast(a.start as date) + time '23:59:59.999' as timestamp)
        else a.start
    end as onset_end_at,
    a.start as recorded_at
from raw.synthea_csv_allergies as a
