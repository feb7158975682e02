-- title:       Use and cost by month
-- question:    How many people are enrolled in each month, at what cost, and how often are they seen?
-- grain:       population, year, month_start
-- dimensions:  month_start
-- filters:     population, year
-- overlaps:    month_start
-- counts:      people; people under people_of_one_cover; ed_visits; inpatient_stays
-- sums:        member_months by people; pharmacy_member_months by people_of_one_cover; medical_allowed_usd by people;
--     pharmacy_allowed_usd by people; medical_paid_usd by people; pharmacy_paid_usd by people
-- contributions: medical_allowed_usd in medical_allowed_contribution_usd;
--     pharmacy_allowed_usd in pharmacy_allowed_contribution_usd; medical_paid_usd in medical_paid_contribution_usd;
--     medical_paid_usd in medical_owed_contribution_usd; pharmacy_paid_usd in pharmacy_paid_contribution_usd;
--     pharmacy_paid_usd in pharmacy_owed_contribution_usd
-- why:         The months of a year add up to cubes.use, where the dimension is 'all'; the same people are in many of
--     them. people are those with medical cover in the month; where nobody has any, those seen or with cost that
--     counts. In a single month member months are people, so the difference between people with medical and with
--     pharmacy cover is a count as well: people_of_one_cover have only one of the two. Published only where the policy
--     lets months be told. is_mature is false where payments reach less than three months beyond
--     (marts.month_maturity).
with month as (
    select
        m.population,
        m.year,
        m.month_start,
        m.has_medical,
        m.has_pharmacy,
        m.medical_allowed_usd,
        m.pharmacy_allowed_usd,
        m.medical_paid_usd,
        m.pharmacy_paid_usd,
        m.ed_visits,
        m.inpatient_stays,
        nullif(abs(cast(m.medical_allowed_usd as double)), 0) as medical_allowed,
        nullif(abs(cast(m.pharmacy_allowed_usd as double)), 0) as pharmacy_allowed,
        nullif(abs(cast(m.medical_paid_usd as double)), 0) as medical_paid,
        nullif(abs(cast(m.pharmacy_paid_usd as double)), 0) as pharmacy_paid,
        nullif(abs(cast(m.medical_allowed_usd - m.medical_paid_usd as double)), 0) as medical_owed,
        nullif(abs(cast(m.pharmacy_allowed_usd - m.pharmacy_paid_usd as double)), 0) as pharmacy_owed
    from marts.person_month as m
    semi join marts.person_year as y on m.person_id = y.person_id and m.year = y.year
    where
        m.has_medical or m.has_pharmacy or m.is_seen
        or m.medical_allowed_usd <> 0 or m.pharmacy_allowed_usd <> 0
        or m.medical_paid_usd <> 0 or m.pharmacy_paid_usd <> 0
)

select
    m.population,
    m.year,
    m.month_start,
    any_value(t.run_out_months) as run_out_months,
    any_value(t.is_mature) as is_mature,
    case when bool_or(m.has_medical) then count(*) filter (where m.has_medical) else count(*) end as people,
    count(*) filter (where m.has_medical <> m.has_pharmacy) as people_of_one_cover,
    count(*) filter (where m.has_medical) as member_months,
    count(*) filter (where m.has_pharmacy) as pharmacy_member_months,
    cast(sum(m.medical_allowed_usd) as decimal(18, 2)) as medical_allowed_usd,
    cast(sum(m.pharmacy_allowed_usd) as decimal(18, 2)) as pharmacy_allowed_usd,
    cast(sum(m.medical_paid_usd) as decimal(18, 2)) as medical_paid_usd,
    cast(sum(m.pharmacy_paid_usd) as decimal(18, 2)) as pharmacy_paid_usd,
    cast(sum(m.ed_visits) as bigint) as ed_visits,
    cast(sum(m.inpatient_stays) as bigint) as inpatient_stays,
    [sum(m.medical_allowed), max(m.medical_allowed), max(m.medical_allowed, 2)[2], 0, count(m.medical_allowed)]
        as medical_allowed_contribution_usd,
    [sum(m.pharmacy_allowed), max(m.pharmacy_allowed), max(m.pharmacy_allowed, 2)[2], 0, count(m.pharmacy_allowed)]
        as pharmacy_allowed_contribution_usd,
    [sum(m.medical_paid), max(m.medical_paid), max(m.medical_paid, 2)[2], 0, count(m.medical_paid)]
        as medical_paid_contribution_usd,
    [sum(m.pharmacy_paid), max(m.pharmacy_paid), max(m.pharmacy_paid, 2)[2], 0, count(m.pharmacy_paid)]
        as pharmacy_paid_contribution_usd,
    [sum(m.medical_owed), max(m.medical_owed), max(m.medical_owed, 2)[2], 0, count(m.medical_owed)]
        as medical_owed_contribution_usd,
    [sum(m.pharmacy_owed), max(m.pharmacy_owed), max(m.pharmacy_owed, 2)[2], 0, count(m.pharmacy_owed)]
        as pharmacy_owed_contribution_usd
from month as m
left join marts.month_maturity as t on m.population = t.population and m.month_start = t.month_start
group by m.population, m.year, m.month_start
