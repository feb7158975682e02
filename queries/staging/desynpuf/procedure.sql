-- title:       Hospital procedures in CMS DE-SynPUF
-- grain:       data_source, procedure_id
-- why:         ICD-9 procedure codes of hospital claims, of all rows of a claim, undotted in the files: a dot comes
--     after two characters. The synthetic files put diagnosis codes into these fields too; what isn't three or four
--     digits is no procedure and stays in raw. No date of a procedure is given, so it was done in the days of its
--     claim.
with claim as (
    select
        'inpatient-' || c.clm_id as claim_id,
        c.data_source,
        c.desynpuf_id,
        c.segment,
        c.clm_from_dt,
        c.clm_thru_dt,
        [
            c.icd9_prcdr_cd_1, c.icd9_prcdr_cd_2, c.icd9_prcdr_cd_3, c.icd9_prcdr_cd_4, c.icd9_prcdr_cd_5,
            c.icd9_prcdr_cd_6
        ] as codes
    from raw.desynpuf_inpatient_claims as c
    union all
    select
        'outpatient-' || c.clm_id as claim_id,
        c.data_source,
        c.desynpuf_id,
        c.segment,
        c.clm_from_dt,
        c.clm_thru_dt,
        [
            c.icd9_prcdr_cd_1, c.icd9_prcdr_cd_2, c.icd9_prcdr_cd_3, c.icd9_prcdr_cd_4, c.icd9_prcdr_cd_5,
            c.icd9_prcdr_cd_6
        ] as codes
    from raw.desynpuf_outpatient_claims as c
),

coded as (
    select
        c.* exclude (codes, clm_from_dt, clm_thru_dt),
        min(c.clm_from_dt) over (partition by c.data_source, c.claim_id) as start_date,
        max(c.clm_thru_dt) over (partition by c.data_source, c.claim_id) as end_date,
        unnest(range(1, 7)) as position,
        unnest(c.codes) as code
    from claim as c
)

select
    c.data_source,
    c.desynpuf_id as source_person_id,
    c.claim_id || '#' || (6 * (c.segment - 1) + c.position) as procedure_id,
    cast(null as varchar) as encounter_id,
    'completed' as status,
    [] as status_reason_codes,
    [] as category_codes,
    [{ 'system': 'ICD9PCS', 'code': c.code[:2] || '.' || c.code[3:] }] as codes,
    [] as body_site_codes,
    [] as reason_codes,
    cast(c.start_date as timestamp) as performed_start_at,
    cast(coalesce(c.end_date, c.start_date) as timestamp) as performed_end_at
from coded as c
where c.code similar to '[0-9]{3,4}'
qualify row_number() over (
    partition by c.data_source, c.claim_id, c.segment, c.position order by c.code
) = 1
