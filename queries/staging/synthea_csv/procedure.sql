-- title:       Procedures in Synthea's CSV files
-- grain:       data_source, procedure_id
-- why:         The files list what was done. They give no identifier: it is made of what tells one procedure from
--     another.
select
    p.data_source,
    p.patient as source_person_id,
    md5(concat_ws('|', p.patient, coalesce(p.encounter, ''), p.code, p.start, coalesce(cast(p.stop as varchar), '')))
        as procedure_id,
    p.encounter as encounter_id,
    'completed' as status,
    [] as status_reason_codes,
    [] as category_codes,
    [{
        'system': case
            when p.system is null or lower(p.system) similar to '.*snomed.*' then 'SNOMEDCT'
            else p.system
        end,
        'code': p.code
    }] as codes,
    [] as body_site_codes,
    case when p.reasoncode is null then [] else [{ 'system': 'SNOMEDCT', 'code': p.reasoncode }] end as reason_codes,
    p.start as performed_start_at,
    coalesce(p.stop, p.start) as performed_end_at
from raw.synthea_csv_procedures as p
