-- title:       Organisations in Synthea's CSV files
-- grain:       data_source, organization_id
select
    o.data_source,
    o.id as organization_id,
    o.name as organization_name,
    cast(null as varchar) as organization_type,
    case when length(trim(o.state)) = 2 then upper(trim(o.state)) end as state,
    cast(null as varchar) as npi
from raw.synthea_csv_organizations as o
