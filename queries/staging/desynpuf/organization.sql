-- title:       Hospitals in CMS DE-SynPUF
-- grain:       data_source, organization_id
-- why:         A hospital claim names its provider by number (PRVDR_NUM) and nothing else, so the number is the name.
select distinct
    p.data_source,
    p.prvdr_num as organization_id,
    p.prvdr_num as organization_name,
    cast(null as varchar) as organization_type,
    cast(null as varchar) as state,
    cast(null as varchar) as npi
from (
    select i.data_source, i.prvdr_num
    from raw.desynpuf_inpatient_claims as i
    union all
    select o.data_source, o.prvdr_num
    from raw.desynpuf_outpatient_claims as o
) as p
where p.prvdr_num is not null
