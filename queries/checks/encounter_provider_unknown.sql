-- title:       Encounters of organizations that no file describes
-- question:    How many encounters name no organization or practitioner that the source describes?
-- grain:       data_source
-- kind:        conformance
-- threshold:   5 % of encounters
-- affects:     attribution
-- remedy:      Ask for the organizations of the same export.
-- why:         Visits of unknown providers attribute nobody.
with provider_use as (
    select e.data_source, e.organization_id, e.practitioner_id, count(*) as encounters
    from staging.encounter as e
    group by e.data_source, e.organization_id, e.practitioner_id
)

select
    u.data_source,
    cast(coalesce(sum(u.encounters) filter (where coalesce(o.provider_id, p.provider_id) is null), 0) as bigint)
        as found_count,
    cast(sum(u.encounters) as bigint) as checked_count
from provider_use as u
left join core.provider_organization as o on u.data_source = o.data_source and u.organization_id = o.provider_id
left join core.provider_organization as p on u.data_source = p.data_source and u.practitioner_id = p.provider_id
group by u.data_source
