-- title:       Months with few claims
-- question:    In which months does a source deliver less than half the claims of its middle month?
-- grain:       data_source, year, month
-- kind:        completeness
-- threshold:   0
-- remedy:      Look for a file that is missing or was cut off. The newest months are low because claims are still on
--     their way.
-- why:         A month without its claims looks like a month of good health.
with claim_month as (
    select
        c.data_source,
        year(c.claim_start_date) as year,
        month(c.claim_start_date) as month,
        count(*) as claims
    from core.claim as c
    where c.claim_start_date is not null
    group by c.data_source, year(c.claim_start_date), month(c.claim_start_date)
),

ranked as (
    select
        m.*,
        row_number() over (partition by m.data_source order by m.claims, m.year, m.month) as position,
        count(*) over (partition by m.data_source) as months
    from claim_month as m
),

middle as (
    select
        r.data_source,
        r.claims as middle_claims
    from ranked as r
    where r.position = (r.months + 1) // 2
)

select
    r.data_source,
    r.year,
    r.month,
    r.claims as found_count,
    m.middle_claims as checked_count
from ranked as r
inner join middle as m on r.data_source = m.data_source
where 2 * r.claims < m.middle_claims
