-- title:       Each person's place in the year's cost
-- question:    What did each enrolled person cost in a year, how much of it above the cap, and among the most costly?
-- grain:       person_id, year
-- why:         One row for each person and year with a member month. Cost is medical and pharmacy together, as it
--     counts in a rate. excess is what lies above marts.high_cost_cap; allowed and paid are each held against it.
--     cost_rank orders a population's people of one year by allowed cost: 'top 1 %', 'next 4 %', 'next 5 %', 'other
--     90 %'. Somebody is in the top 1 % if no more than 1 % of people cost as much or more; so people of equal cost
--     stay together, in the lower group where they straddle a border, and no group has more than its share but the
--     last.
with person as (
    select
        y.person_id,
        y.population,
        y.year,
        y.medical_allowed_usd + y.pharmacy_allowed_usd as allowed_usd,
        y.medical_paid_usd + y.pharmacy_paid_usd as paid_usd
    from marts.person_year as y
    where y.member_months > 0
),

placed as (
    select
        p.*,
        cume_dist() over (partition by p.population, p.year order by p.allowed_usd desc) as share_above
    from person as p
)

select
    p.person_id,
    p.population,
    p.year,
    case
        when p.share_above <= 0.01 then 'top 1 %'
        when p.share_above <= 0.05 then 'next 4 %'
        when p.share_above <= 0.10 then 'next 5 %'
        else 'other 90 %'
    end as cost_rank,
    p.allowed_usd,
    p.paid_usd,
    greatest(p.allowed_usd - h.cap_usd, 0) as excess_allowed_usd,
    greatest(p.paid_usd - h.cap_usd, 0) as excess_paid_usd
from placed as p
cross join marts.high_cost_cap as h
