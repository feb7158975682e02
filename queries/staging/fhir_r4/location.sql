-- title:       Places of care in FHIR
-- grain:       data_source, location_id
select
    data_source,
    id as location_id,
    name as location_name,
    type_codes[1].code as facility_type,
    organization_id
from raw.fhir_r4_location
