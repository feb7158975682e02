-- title:       Claims outside enrolment
-- question:    How many accepted claims begin in a month in which the person had no medical cover?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   1 % of claims
-- remedy:      Look for enrolment files that are missing or were cut off; claims and enrolment must cover the same
--     time.
-- why:         Such cost and use is kept apart (unenrolled_ columns) and never enters PMPM or a rate per 1,000.
with stated_source as (
    select distinct e.data_source
    from core.eligibility as e
    where e.enrolment_basis <> 'inferred'
)

select
    c.data_source,
    count(*) filter (where m.person_id is null) as found_count,
    count(*) as checked_count
from core.claim as c
semi join stated_source as s on c.data_source = s.data_source
left join core.member_month as m
    on
        c.person_id = m.person_id
        and year(c.claim_start_date) = m.year
        and month(c.claim_start_date) = m.month
        and m.has_medical
where not c.is_denied
group by c.data_source
having found_count > 0
