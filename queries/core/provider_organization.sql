-- title:       From a provider's identifier to an organization
-- question:    Which organization stands behind an identifier found on a claim, an encounter or an attribution list?
-- grain:       data_source, provider_id
-- why:         Claims and lists name a provider by the source's own id, by NPI or by name; as an organization, a
--     place or a person. In this order: an organization's own id, its NPI, the organization that a place belongs to,
--     the one that a practitioner (id, then NPI) works for, and an organization's name.
with candidate as (
    select o.data_source, o.organization_id as provider_id, o.organization_key, 1 as priority
    from core.organization as o
    union all
    select o.data_source, o.npi, o.organization_key, 2
    from core.organization as o
    union all
    select l.data_source, l.location_id, o.organization_key, 3
    from staging.location as l
    inner join core.organization as o
        on l.data_source = o.data_source and l.organization_id = o.organization_id
    union all
    select p.data_source, p.practitioner_id, o.organization_key, 4
    from staging.practitioner as p
    inner join core.organization as o
        on p.data_source = o.data_source and p.organization_id = o.organization_id
    union all
    select p.data_source, p.npi, o.organization_key, 5
    from staging.practitioner as p
    inner join core.organization as o
        on p.data_source = o.data_source and p.organization_id = o.organization_id
    union all
    select o.data_source, o.organization_name, o.organization_key, 6
    from core.organization as o
)

select
    c.data_source,
    c.provider_id,
    c.organization_key
from candidate as c
where c.provider_id is not null
qualify row_number() over (
    partition by c.data_source, c.provider_id order by c.priority, c.organization_key
) = 1
