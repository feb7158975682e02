-- title:       Organisations in the input layer
-- grain:       data_source, organization_id
-- why:         The input layer has no table of organisations: they are the parents that locations name, the practices
--              of practitioners and the organisations of attribution lists, known by their names.
with place as (
    select
        data_source,
        coalesce(parent_organization, name) as organization_name,
        case when name = coalesce(parent_organization, name) then facility_type end as organization_type,
        case when name = coalesce(parent_organization, name) then npi end as npi,
        upper(state) as state
    from raw.input_layer_location
),

named as (
    select data_source, organization_name, organization_type, npi, state from place
    union all
    select data_source, practice_affiliation, null, null, null from raw.input_layer_practitioner
    union all
    select data_source, payer_attributed_provider_organization, null, null, null
    from raw.input_layer_provider_attribution
    union all
    select data_source, custom_attributed_provider_organization, null, null, null
    from raw.input_layer_provider_attribution
)

select
    data_source,
    organization_name as organization_id,
    organization_name,
    min(organization_type) as organization_type,
    case when count(distinct state) = 1 then min(state) end as state,
    min(npi) as npi
from named
where organization_name is not null
group by data_source, organization_name
