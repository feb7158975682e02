-- title:       The same hospital claim under other identifiers
-- question:    How many accepted inpatient claims have the same person, days, facility and DRG as another claim?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   2 % of claims
-- affects:     pmpm_usd, cost_distribution, service_category, inpatient_stays_per_1000
-- remedy:      Ask whether a replaced claim gets a new number; if so, the link to the claim it replaces is needed.
-- why:         A claim sent again under another number is paid twice here. Stays are joined by their days, costs can't
--     be.
with claim as (
    select
        c.data_source,
        count(*) over (
            partition by
                c.data_source, c.person_id, c.claim_start_date, c.claim_end_date, c.billing_id, c.facility_id,
                c.drg_code, c.bill_type_code
        ) as copies
    from core.claim as c
    where not c.is_denied and left(c.bill_type_code, 2) in ('11', '41')
)

select
    c.data_source,
    count(*) filter (where c.copies > 1) as found_count,
    count(*) as checked_count
from claim as c
group by c.data_source
