-- title:       Attribution to organizations that no file describes
-- question:    How many rows of the attribution list name an organization or practitioner that the source doesn't
--     describe?
-- grain:       data_source
-- kind:        conformance
-- threshold:   1 % of rows
-- affects:     attribution
-- remedy:      Ask for the provider file that goes with the list.
-- why:         Such rows attribute nobody; the person falls back on visits.
with provider_use as (
    select a.data_source, a.organization_id, a.practitioner_id, count(*) as row_count
    from staging.attribution as a
    group by a.data_source, a.organization_id, a.practitioner_id
)

select
    u.data_source,
    cast(coalesce(sum(u.row_count) filter (where coalesce(o.provider_id, p.provider_id) is null), 0) as bigint)
        as found_count,
    cast(sum(u.row_count) as bigint) as checked_count
from provider_use as u
left join core.provider_organization as o on u.data_source = o.data_source and u.organization_id = o.provider_id
left join core.provider_organization as p on u.data_source = p.data_source and u.practitioner_id = p.provider_id
group by u.data_source
