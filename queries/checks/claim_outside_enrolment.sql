-- title:       Care outside enrolment
-- question:    In how many of a person's months with care had the person, enrolled at other times, no cover?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   1 % of person months
-- not_fit:     30 % of person months
-- affects:     pmpm_usd, member_months, ed_visits_per_1000, inpatient_stays_per_1000
-- remedy:      Look for enrolment files that are missing or were cut off; claims and enrolment must cover the same
--     time.
-- why:         Such cost and use is kept apart (unenrolled_ columns) and never enters PMPM or a rate per 1,000. Only
--     reported years are looked at: enrolment before them is not counted anywhere.
with care as (
    select
        m.person_id,
        m.unenrolled_allowed_usd <> 0
        or m.unenrolled_paid_usd <> 0
        or m.unenrolled_ed_visits + m.unenrolled_inpatient_stays + m.unenrolled_visits > 0 as is_outside
    from marts.person_month as m
    semi join reference.period as y on m.year = y.year
    where
        m.is_seen
        or m.medical_allowed_usd <> 0
        or m.medical_paid_usd <> 0
        or m.unenrolled_allowed_usd <> 0
        or m.unenrolled_paid_usd <> 0
),

person as (
    select c.person_id, count(*) as months, count(*) filter (where c.is_outside) as months_outside
    from care as c
    group by c.person_id
)

select
    p.data_source,
    cast(sum(n.months_outside) as bigint) as found_count,
    cast(sum(n.months) as bigint) as checked_count
from person as n
semi join marts.enrolled_person as e on n.person_id = e.person_id
inner join core.person as p on n.person_id = p.person_id
group by p.data_source
