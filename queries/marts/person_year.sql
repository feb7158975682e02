-- title:       People by year
-- question:    Who was each person in each year, how long enrolled, at what cost, and seen how often?
-- grain:       person_id, year
-- why:         The table that every count of people starts from. One row for each person in each period year in which
--     the person was alive, present or not. Age is in completed years on 31 December, or on the day of death.
--     payer_type is the one of the last enrolled month of the year. A month with medical cover is a member month.
--     visits are outpatient: office, telehealth, home and other. Cost and use are those of marts.person_month, added
--     up: what counts may be divided by member months, what falls outside is in the unenrolled_ columns. is_present:
--     enrolled, seen (in or out of a member month), or with cost that counts.
with month_total as (
    select
        m.person_id,
        m.year,
        max_by(m.payer_type, m.month) filter (where m.payer_type is not null) as payer_type,
        count(m.payer_type) as enrolled_months,
        count(*) filter (where m.has_medical) as member_months,
        count(*) filter (where m.has_pharmacy) as pharmacy_member_months,
        sum(m.medical_allowed_usd) as medical_allowed_usd,
        sum(m.pharmacy_allowed_usd) as pharmacy_allowed_usd,
        sum(m.medical_paid_usd) as medical_paid_usd,
        sum(m.pharmacy_paid_usd) as pharmacy_paid_usd,
        sum(m.unenrolled_allowed_usd) as unenrolled_allowed_usd,
        sum(m.unenrolled_paid_usd) as unenrolled_paid_usd,
        sum(m.ed_visits) as ed_visits,
        sum(m.inpatient_stays) as inpatient_stays,
        sum(m.visits) as visits,
        sum(m.unenrolled_ed_visits) as unenrolled_ed_visits,
        sum(m.unenrolled_inpatient_stays) as unenrolled_inpatient_stays,
        bool_or(m.is_seen) as is_seen,
        bool_or(m.medical_allowed_usd <> 0 or m.medical_paid_usd <> 0)
        or bool_or(m.pharmacy_allowed_usd <> 0 or m.pharmacy_paid_usd <> 0) as has_cost
    from marts.person_month as m
    group by m.person_id, m.year
),

person as (
    select
        p.*,
        y.year,
        year(least(y.period_end, p.death_date)) - year(p.birth_date)
        - case
            when
                month(least(y.period_end, p.death_date)) < month(p.birth_date)
                or (
                    month(least(y.period_end, p.death_date)) = month(p.birth_date)
                    and day(least(y.period_end, p.death_date)) < day(p.birth_date)
                )
                then 1
            else 0
        end as age_years
    from core.person as p
    inner join reference.period as y
        on
            coalesce(p.birth_date, y.period_end) <= y.period_end
            and coalesce(p.death_date, y.period_start) >= y.period_start
)

select
    p.person_id,
    p.population,
    cast(p.year as integer) as year,
    cast(p.age_years as integer) as age_years,
    case
        when p.age_years < 18 then '0–17'
        when p.age_years < 35 then '18–34'
        when p.age_years < 45 then '35–44'
        when p.age_years < 55 then '45–54'
        when p.age_years < 65 then '55–64'
        when p.age_years < 75 then '65–74'
        when p.age_years < 85 then '75–84'
        when p.age_years >= 85 then '85+'
    end as age_band,
    p.sex,
    p.race,
    p.ethnicity,
    p.language,
    m.payer_type,
    p.state,
    p.county_fips,
    p.zip3,
    a.organization_key,
    cast(i.deprivation_quintile as integer) as deprivation_quintile,
    i.rurality,
    coalesce(m.member_months, 0) as member_months,
    coalesce(m.pharmacy_member_months, 0) as pharmacy_member_months,
    cast(coalesce(m.medical_allowed_usd, 0) as decimal(18, 2)) as medical_allowed_usd,
    cast(coalesce(m.pharmacy_allowed_usd, 0) as decimal(18, 2)) as pharmacy_allowed_usd,
    cast(coalesce(m.medical_paid_usd, 0) as decimal(18, 2)) as medical_paid_usd,
    cast(coalesce(m.pharmacy_paid_usd, 0) as decimal(18, 2)) as pharmacy_paid_usd,
    cast(coalesce(m.unenrolled_allowed_usd, 0) as decimal(18, 2)) as unenrolled_allowed_usd,
    cast(coalesce(m.unenrolled_paid_usd, 0) as decimal(18, 2)) as unenrolled_paid_usd,
    cast(coalesce(m.ed_visits, 0) as bigint) as ed_visits,
    cast(coalesce(m.inpatient_stays, 0) as bigint) as inpatient_stays,
    cast(coalesce(m.visits, 0) as bigint) as visits,
    cast(coalesce(m.unenrolled_ed_visits, 0) as bigint) as unenrolled_ed_visits,
    cast(coalesce(m.unenrolled_inpatient_stays, 0) as bigint) as unenrolled_inpatient_stays,
    coalesce(m.enrolled_months > 0 or m.is_seen or m.has_cost, false) as is_present
from person as p
left join month_total as m on p.person_id = m.person_id and p.year = m.year
left join core.attribution as a on p.person_id = a.person_id and p.year = a.year
left join reference.synthetic_area_index as i on i.area_level = 'county' and p.county_fips = i.area_id
order by p.person_id, p.year
