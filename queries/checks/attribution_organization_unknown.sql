-- title:       Attribution to organizations that no file describes
-- question:    How many rows of the attribution list name an organization or practitioner that the source doesn't
--     describe?
-- grain:       data_source
-- kind:        conformance
-- threshold:   1 % of rows
-- affects:     attribution
-- remedy:      Ask for the provider file that goes with the list.
-- why:         Such rows attribute nobody; the person falls back on visits.
select
    a.data_source,
    count(*) filter (where coalesce(o.provider_id, p.provider_id) is null) as found_count,
    count(*) as checked_count
from staging.attribution as a
left join core.provider_organization as o on a.data_source = o.data_source and a.organization_id = o.provider_id
left join core.provider_organization as p on a.data_source = p.data_source and a.practitioner_id = p.provider_id
group by a.data_source
