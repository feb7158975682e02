-- title:       Claims from providers that no file describes
-- question:    How many accepted claims name no organization or practitioner that the source describes?
-- grain:       data_source
-- kind:        conformance
-- threshold:   5 % of claims
-- remedy:      Ask for the provider file, or check whether claims name providers by NPI and the file by another
--     number.
-- why:         Visits of unknown providers attribute nobody; their people look unattributed.
select
    c.data_source,
    count(*) filter (where coalesce(b.provider_id, f.provider_id, r.provider_id) is null) as found_count,
    count(*) as checked_count
from core.claim as c
left join core.provider_organization as b on c.data_source = b.data_source and c.billing_id = b.provider_id
left join core.provider_organization as f on c.data_source = f.data_source and c.facility_id = f.provider_id
left join core.provider_organization as r on c.data_source = r.data_source and c.rendering_id = r.provider_id
where not c.is_denied
group by c.data_source
having found_count > 0
