-- title:       People by year
-- question:    Who was each person in each year, how long enrolled, at what cost, and seen how often?
-- grain:       person_id, year
-- why:         The table that every count of people starts from. One row for each person in each period year in which
--     the person was alive, present or not. Age is in completed years on 31 December, or on the day of death.
--     payer_type is the one of the last enrolled month of the year. A month with medical cover is a member month.
--     visits are outpatient: office, telehealth, home and other. Use, like cost (marts.person_month), counts in
--     member months where the person's source states enrolment, so that both may be divided by member months; what
--     falls outside is in the unenrolled_ columns. is_present: enrolled or seen, in or out of a member month.
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
        sum(m.unenrolled_paid_usd) as unenrolled_paid_usd
    from marts.person_month as m
    group by m.person_id, m.year
),

enrolment_source as (
    select distinct e.data_source
    from core.eligibility as e
    where e.enrolment_basis <> 'inferred'
),

enrolment_person as (
    select distinct k.person_id
    from core.person_key as k
    semi join enrolment_source as s on k.data_source = s.data_source
),

visit as (
    select
        v.person_id,
        year(v.start_date) as year,
        v.visit_type,
        coalesce(m.has_medical, false) or e.person_id is null as is_counted
    from core.visit as v
    left join enrolment_person as e on v.person_id = e.person_id
    left join marts.person_month as m
        on v.person_id = m.person_id and year(v.start_date) = m.year and month(v.start_date) = m.month
),

visit_total as (
    select
        v.person_id,
        v.year,
        count(*) filter (where v.visit_type = 'emergency' and v.is_counted) as ed_visits,
        count(*) filter (where v.visit_type = 'inpatient' and v.is_counted) as inpatient_stays,
        count(*) filter (
            where v.visit_type in ('office', 'telehealth', 'home', 'other') and v.is_counted
        ) as visits,
        count(*) filter (where v.visit_type = 'emergency' and not v.is_counted) as unenrolled_ed_visits,
        count(*) filter (where v.visit_type = 'inpatient' and not v.is_counted) as unenrolled_inpatient_stays
    from visit as v
    group by v.person_id, v.year
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
    coalesce(v.ed_visits, 0) as ed_visits,
    coalesce(v.inpatient_stays, 0) as inpatient_stays,
    coalesce(v.visits, 0) as visits,
    coalesce(v.unenrolled_ed_visits, 0) as unenrolled_ed_visits,
    coalesce(v.unenrolled_inpatient_stays, 0) as unenrolled_inpatient_stays,
    coalesce(m.enrolled_months, 0) > 0 or v.person_id is not null as is_present
from person as p
left join month_total as m on p.person_id = m.person_id and p.year = m.year
left join visit_total as v on p.person_id = v.person_id and p.year = v.year
left join core.attribution as a on p.person_id = a.person_id and p.year = a.year
left join reference.synthetic_area_index as i on i.area_level = 'county' and p.county_fips = i.area_id
order by p.person_id, p.year
