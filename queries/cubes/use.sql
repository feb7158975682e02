-- title:       Use and cost by group
-- question:    How many people are there in each group, for how long, at what cost, and how often are they seen?
-- grain:       population, year, dimension, group_value
-- dimensions:  dimension, group_value
-- filters:     population, year, dimension
-- counts:      people_with_visit of people; people_above_cap of people; people_above_paid_cap of people; ed_visits;
--     inpatient_stays; visits
-- sums:        member_months by people; pharmacy_member_months by people; medical_allowed_usd by people;
--     pharmacy_allowed_usd by people; medical_paid_usd by people; pharmacy_paid_usd by people;
--     excess_allowed_usd by people_above_cap; excess_paid_usd by people_above_paid_cap
-- contributions: medical_allowed_usd in medical_allowed_contribution_usd;
--     medical_allowed_usd in ranked_below_cap_contribution_usd;
--     medical_allowed_usd in ranked_above_cap_contribution_usd;
--     pharmacy_allowed_usd in pharmacy_allowed_contribution_usd; medical_paid_usd in medical_paid_contribution_usd;
--     medical_paid_usd in medical_owed_contribution_usd; pharmacy_paid_usd in pharmacy_paid_contribution_usd;
--     pharmacy_paid_usd in pharmacy_owed_contribution_usd; excess_allowed_usd in excess_allowed_contribution_usd;
--     excess_paid_usd in excess_paid_contribution_usd
-- why:         One row for each population, year, dimension and group; the dimension 'all' is the whole plan. Who is
--     present in the year counts as one of its people. Rates are left to the reader: PMPM = allowed / member months
--     (pharmacy over its own months), per 1,000 = visits × 12,000 / member months. Use and cost outside member months
--     are left out (marts.person_year). A person whose group isn't known is in the group Unknown; present people
--     without a member month are among the other 90 % of cost, and where nobody has one nobody is ranked: all are not
--     enrolled. excess is what people cost above the high-cost cap (marts.person_cost); a capped figure is the full one
--     less the excess. A contribution is [absolute total, largest, second largest, known beside, people] of what single
--     people add to a sum; it never leaves the build. Of an excess the cap is known besides. What people owe is allowed
--     less paid: it has a contribution of its own, since it can be had by subtraction. So has, in groups by rank of
--     cost, what people below the cap cost, and what people above it cost where others above it rank higher: since
--     everyone above the cap ranks before everyone else, the plan's excess and a rank's cost would tell.
with ranked as (
    select distinct
        c.population,
        c.year
    from marts.person_cost as c
),

person as (
    select
        p.population,
        p.year,
        coalesce(p.sex, 'Unknown') as sex,
        coalesce(p.age_band, 'Unknown') as age_band,
        coalesce(p.race, 'Unknown') as race,
        coalesce(p.ethnicity, 'Unknown') as ethnicity,
        coalesce(p.language, 'Unknown') as language,
        coalesce(p.payer_type, 'Unknown') as payer_type,
        coalesce(cast(p.organization_key as varchar), 'Unknown') as organization,
        coalesce(p.county_fips, 'Unknown') as county,
        coalesce(p.zip3, 'Unknown') as zip3,
        coalesce(cast(p.deprivation_quintile as varchar), 'Unknown') as deprivation,
        coalesce(p.rurality, 'Unknown') as rurality,
        case when r.population is null then 'not enrolled' else coalesce(c.cost_rank, 'other 90 %') end as cost_rank,
        p.ed_visits + p.inpatient_stays + p.visits > 0 as has_visit,
        p.member_months,
        p.pharmacy_member_months,
        p.medical_allowed_usd,
        p.pharmacy_allowed_usd,
        p.medical_paid_usd,
        p.pharmacy_paid_usd,
        p.ed_visits,
        p.inpatient_stays,
        p.visits,
        c.excess_allowed_usd,
        c.excess_paid_usd
    from marts.person_year as p
    left join marts.person_cost as c on p.person_id = c.person_id and p.year = c.year
    left join ranked as r on p.population = r.population and p.year = r.year
    where p.is_present
),

-- Contributions need no cents; doubles are half the work.
contribution as (
    select
        p.*,
        nullif(abs(cast(p.medical_allowed_usd as double)), 0) as medical_allowed,
        nullif(abs(cast(p.pharmacy_allowed_usd as double)), 0) as pharmacy_allowed,
        nullif(abs(cast(p.medical_paid_usd as double)), 0) as medical_paid,
        nullif(abs(cast(p.pharmacy_paid_usd as double)), 0) as pharmacy_paid,
        nullif(abs(cast(p.medical_allowed_usd - p.medical_paid_usd as double)), 0) as medical_owed,
        nullif(abs(cast(p.pharmacy_allowed_usd - p.pharmacy_paid_usd as double)), 0) as pharmacy_owed,
        cast(p.excess_allowed_usd as double) as excess_allowed,
        cast(p.excess_paid_usd as double) as excess_paid,
        case
            when p.excess_allowed_usd = 0 then nullif(cast(p.medical_allowed_usd + p.pharmacy_allowed_usd as double), 0)
        end as below_cap,
        case
            when p.excess_allowed_usd > 0 and p.cost_rank <> 'top 1 %'
                then cast(p.medical_allowed_usd + p.pharmacy_allowed_usd as double)
        end as above_cap,
        cast(h.cap_usd as double) as cap
    from person as p
    cross join marts.high_cost_cap as h
)

select
    p.population,
    p.year,
    case
        when grouping(p.sex) = 0 then 'sex'
        when grouping(p.age_band) = 0 then 'age_band'
        when grouping(p.race) = 0 then 'race'
        when grouping(p.ethnicity) = 0 then 'ethnicity'
        when grouping(p.language) = 0 then 'language'
        when grouping(p.payer_type) = 0 then 'payer_type'
        when grouping(p.organization) = 0 then 'organization'
        when grouping(p.county) = 0 then 'county'
        when grouping(p.zip3) = 0 then 'zip3'
        when grouping(p.deprivation) = 0 then 'deprivation'
        when grouping(p.rurality) = 0 then 'rurality'
        when grouping(p.cost_rank) = 0 then 'cost_rank'
        else 'all'
    end as dimension,
    coalesce(
        p.sex, p.age_band, p.race, p.ethnicity, p.language, p.payer_type, p.organization, p.county, p.zip3,
        p.deprivation, p.rurality, p.cost_rank, 'all'
    ) as group_value,
    count(*) as people,
    count(*) filter (where p.has_visit) as people_with_visit,
    count(*) filter (where p.excess_allowed_usd > 0) as people_above_cap,
    count(*) filter (where p.excess_paid_usd > 0) as people_above_paid_cap,
    cast(sum(p.member_months) as bigint) as member_months,
    cast(sum(p.pharmacy_member_months) as bigint) as pharmacy_member_months,
    cast(sum(p.medical_allowed_usd) as decimal(18, 2)) as medical_allowed_usd,
    cast(sum(p.pharmacy_allowed_usd) as decimal(18, 2)) as pharmacy_allowed_usd,
    cast(sum(p.medical_paid_usd) as decimal(18, 2)) as medical_paid_usd,
    cast(sum(p.pharmacy_paid_usd) as decimal(18, 2)) as pharmacy_paid_usd,
    cast(coalesce(sum(p.excess_allowed_usd), 0) as decimal(18, 2)) as excess_allowed_usd,
    cast(coalesce(sum(p.excess_paid_usd), 0) as decimal(18, 2)) as excess_paid_usd,
    cast(sum(p.ed_visits) as bigint) as ed_visits,
    cast(sum(p.inpatient_stays) as bigint) as inpatient_stays,
    cast(sum(p.visits) as bigint) as visits,
    [sum(p.medical_allowed), max(p.medical_allowed), max(p.medical_allowed, 2)[2], 0, count(p.medical_allowed)]
        as medical_allowed_contribution_usd,
    [sum(p.pharmacy_allowed), max(p.pharmacy_allowed), max(p.pharmacy_allowed, 2)[2], 0, count(p.pharmacy_allowed)]
        as pharmacy_allowed_contribution_usd,
    [sum(p.medical_paid), max(p.medical_paid), max(p.medical_paid, 2)[2], 0, count(p.medical_paid)]
        as medical_paid_contribution_usd,
    [sum(p.pharmacy_paid), max(p.pharmacy_paid), max(p.pharmacy_paid, 2)[2], 0, count(p.pharmacy_paid)]
        as pharmacy_paid_contribution_usd,
    [sum(p.medical_owed), max(p.medical_owed), max(p.medical_owed, 2)[2], 0, count(p.medical_owed)]
        as medical_owed_contribution_usd,
    [sum(p.pharmacy_owed), max(p.pharmacy_owed), max(p.pharmacy_owed, 2)[2], 0, count(p.pharmacy_owed)]
        as pharmacy_owed_contribution_usd,
    case
        when grouping(p.cost_rank) = 0
            then [sum(p.below_cap), max(p.below_cap), max(p.below_cap, 2)[2], 0, count(p.below_cap)]
    end as ranked_below_cap_contribution_usd,
    case
        when grouping(p.cost_rank) = 0
            then [sum(p.above_cap), max(p.above_cap), max(p.above_cap, 2)[2], 0, count(p.above_cap)]
    end as ranked_above_cap_contribution_usd,
    [sum(p.excess_allowed), max(p.excess_allowed), max(p.excess_allowed, 2)[2], max(p.cap)]
        as excess_allowed_contribution_usd,
    [sum(p.excess_paid), max(p.excess_paid), max(p.excess_paid, 2)[2], max(p.cap)] as excess_paid_contribution_usd
from contribution as p
group by grouping sets (
    (p.population, p.year),
    (p.population, p.year, p.sex),
    (p.population, p.year, p.age_band),
    (p.population, p.year, p.race),
    (p.population, p.year, p.ethnicity),
    (p.population, p.year, p.language),
    (p.population, p.year, p.payer_type),
    (p.population, p.year, p.organization),
    (p.population, p.year, p.county),
    (p.population, p.year, p.zip3),
    (p.population, p.year, p.deprivation),
    (p.population, p.year, p.rurality),
    (p.population, p.year, p.cost_rank)
)
