-- title:       Conditions in Synthea's CSV files
-- grain:       data_source, condition_id
-- why:         A condition without a STOP is still open. The files give no identifier: it is made of what tells one
--     condition from another. Older files write days, newer ones may write instants; a day may mean any instant of it.
with condition as (
    select
        c.*,
        md5(concat_ws('|', c.patient, coalesce(c.encounter, ''), c.code, c.start)) as condition_id,
        case
            when c.system is null or lower(c.system) similar to '.*snomed.*' then 'SNOMEDCT'
            when lower(c.system) similar to '.*icd-?10.*' then 'ICD10CM'
            else c.system
        end as code_system
    from raw.synthea_csv_conditions as c
)

select
    c.data_source,
    c.patient as source_person_id,
    c.condition_id,
    c.encounter as encounter_id,
    ['encounter-diagnosis'] as category,
    case when c.stop is null then 'active' else 'resolved' end as clinical_status,
    cast(null as varchar) as verification_status,
    [{ 'system': c.code_system, 'code': c.code }] as codes,
    [] as body_site_codes,
    c.start as onset_start_at,
    case
        when c.start = date_trunc('day', c.start) then cast(cast(c.start as date) + time '23:59:59.999' as timestamp)
        else c.start
    end as onset_end_at,
    c.stop as abatement_start_at,
    case
        when c.stop = date_trunc('day', c.stop) then cast(cast(c.stop as date) + time '23:59:59.999' as timestamp)
        else c.stop
    end as abatement_end_at,
    c.start as recorded_at
from condition as c
