-- title:       Hospital claims at two places at once
-- question:    How many inpatient claims overlap by more than a day with the person's claim from another provider?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   2 % of claims
-- affects:     inpatient_stays_per_1000, readmission_rate
-- remedy:      Look for wrong discharge dates, and for long-term care billed under an acute type of bill.
-- why:         Nobody lies in two hospitals. Such claims are joined into one stay here, which may be longer than
--     either.
with claim as (
    select
        c.data_source,
        c.claim_start_date,
        lag(c.claim_end_date) over person as earlier_end_date,
        lag(coalesce(c.facility_id, c.billing_id)) over person as earlier_provider_id,
        coalesce(c.facility_id, c.billing_id) as provider_id
    from core.claim as c
    where not c.is_denied and left(c.bill_type_code, 2) in ('11', '41')
    window person as (
        partition by c.data_source, c.person_id order by c.claim_start_date, c.claim_end_date, c.claim_id
    )
)

select
    c.data_source,
    count(*) filter (
        where c.claim_start_date + 1 < c.earlier_end_date and c.provider_id <> c.earlier_provider_id
    ) as found_count,
    count(*) as checked_count
from claim as c
group by c.data_source
