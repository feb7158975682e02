-- title:       From a provider's identifier to an organization
-- question:    Which organization stands behind an identifier found on a claim, an encounter or an attribution list?
-- grain:       data_source, provider_id
-- why:         Claims name a provider by the source's own id or by NPI, a person or an organization. An organization's
--     own id comes before its NPI, and both before the organization that a practitioner (id, then NPI) works for.
with candidate as (
    select o.data_source, o.organization_id as provider_id, o.organization_key, 1 as priority
    from core.organization as o
    union all
    select o.data_source, o.npi, o.organization_key, 2
    from core.organization as o
    union all
    select p.data_source, p.practitioner_id, o.organization_key, 3
    from staging.practitioner as p
    inner join core.organization as o
        on p.data_source = o.data_source and p.organization_id = o.organization_id
    union all
    select p.data_source, p.npi, o.organization_key, 4
    from staging.practitioner as p
    inner join core.organization as o
        on p.data_source = o.data_source and p.organization_id = o.organization_id
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
