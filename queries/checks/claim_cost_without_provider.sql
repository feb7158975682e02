-- title:       Claims that name no provider
-- question:    How many accepted claims name neither a billing, a facility nor a rendering provider?
-- grain:       data_source
-- kind:        completeness
-- threshold:   1 % of claims
-- affects:     attribution
-- remedy:      Ask for the provider columns; NPI is enough.
-- why:         Visits of nobody attribute nobody.
select
    c.data_source,
    count(*) filter (where coalesce(c.billing_id, c.facility_id, c.rendering_id) is null) as found_count,
    count(*) as checked_count
from core.claim as c
where not c.is_denied
group by c.data_source
