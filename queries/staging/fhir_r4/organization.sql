-- title:       Organisations in FHIR
-- grain:       data_source, organization_id
select
    data_source,
    id as organization_id,
    name as organization_name,
    type_codes[1].code as organization_type,
    case when length(state) = 2 then upper(state) end as state,
    npi
from raw.fhir_r4_organization
