-- title:       Claims from providers that no file describes
-- question:    How many accepted claims name no organization or practitioner that the source describes?
-- grain:       data_source
-- kind:        conformance
-- threshold:   5 % of claims
-- affects:     attribution
-- remedy:      Ask for the provider file, or check whether claims name providers by NPI and the file by another number.
-- why:         Visits of unknown providers attribute nobody; their people look unattributed.
with provider_use as (
    select c.data_source, c.billing_id, c.facility_id, c.rendering_id, count(*) as claims
    from core.claim as c
    where not c.is_denied
    group by c.data_source, c.billing_id, c.facility_id, c.rendering_id
)

select
    u.data_source,
    cast(
        coalesce(
            sum(u.claims) filter (where coalesce(b.provider_id, f.provider_id, r.provider_id) is null), 0
        ) as bigint
    ) as found_count,
    cast(sum(u.claims) as bigint) as checked_count
from provider_use as u
left join core.provider_organization as b on u.data_source = b.data_source and u.billing_id = b.provider_id
left join core.provider_organization as f on u.data_source = f.data_source and u.facility_id = f.provider_id
left join core.provider_organization as r on u.data_source = r.data_source and u.rendering_id = r.provider_id
group by u.data_source
