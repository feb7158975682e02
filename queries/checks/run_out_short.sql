-- title:       No run-out at the end
-- question:    How many of the last three months of claims were paid in the month itself or the next two at the latest,
--     because the data end there?
-- grain:       data_source
-- kind:        completeness
-- threshold:   2 months
-- affects:     pmpm_usd, service_category
-- remedy:      Nothing: the months are marked as immature and left out of trends. They fill up with the next
--     deliveries.
-- why:         Claims arrive for months after the care. The newest months always look cheap.
with source as (
    select
        c.data_source,
        max(date_trunc('month', c.claim_start_date)) as last_month,
        max(c.paid_date) as last_paid_date
    from core.claim as c
    where c.paid_date is not null and c.claim_start_date <= current_date and c.paid_date <= current_date
    group by c.data_source
)

select
    s.data_source,
    greatest(
        0,
        3 - (
            12 * (year(s.last_paid_date) - year(s.last_month)) + month(s.last_paid_date) - month(s.last_month)
        )
    ) as found_count,
    3 as checked_count
from source as s
