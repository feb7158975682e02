-- Facilities of the fictional organisations, one each.
select
    npi as location_id,
    npi,
    organization_name as name,
    facility_type,
    organization_name as parent_organization,
    state,
    'careparity_demo'::data_source as data_source
from lookup.practitioner
where place = 0
