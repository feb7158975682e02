-- title:       Claims outside enrolment
-- question:    How many accepted claims begin in a month in which the person had no medical cover?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   1 % of claims
-- not_fit:     30 % of claims
-- affects:     pmpm_usd, member_months, ed_visits_per_1000, inpatient_stays_per_1000
-- remedy:      Look for enrolment files that are missing or were cut off; claims and enrolment must cover the same
--     time.
-- why:         Such cost and use is kept apart (unenrolled_ columns) and never enters PMPM or a rate per 1,000.
with stated_source as (
    select distinct e.data_source
    from core.eligibility as e
    where e.enrolment_basis = 'observed'
),

claim_month as (
    select
        c.data_source,
        c.person_id,
        cast(date_trunc('month', c.claim_start_date) as date) as month_start,
        count(*) as claims
    from core.claim as c
    semi join stated_source as s on c.data_source = s.data_source
    where not c.is_denied
    group by c.data_source, c.person_id, cast(date_trunc('month', c.claim_start_date) as date)
)

select
    c.data_source,
    cast(coalesce(sum(c.claims) filter (where m.person_id is null), 0) as bigint) as found_count,
    cast(sum(c.claims) as bigint) as checked_count
from claim_month as c
left join core.member_month as m
    on c.person_id = m.person_id and c.month_start = m.month_start and m.has_medical
group by c.data_source
