-- title:       Places of care in the input layer
-- grain:       data_source, location_id
-- why:         Claims name a place by its NPI, clinical rows by its own id: it is listed under both.
with place as (
    select data_source, location_id, name, facility_type, coalesce(parent_organization, name) as organization_id
    from raw.input_layer_location
    union
    select data_source, npi, name, facility_type, coalesce(parent_organization, name)
    from raw.input_layer_location
    where npi is not null
)

select
    data_source,
    location_id,
    name as location_name,
    facility_type,
    organization_id
from place
qualify row_number() over (partition by data_source, location_id order by name) = 1
