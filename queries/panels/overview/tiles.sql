-- title:       The plan at a glance
-- question:    How many people do we serve, what do they cost, and how often do they need emergency or inpatient care?
-- grain:       population, year
-- dimensions:  year
-- counts:      people; people_with_visit of people; ed_visits; inpatient_stays; readmissions of index_stays
-- sums:        pmpm_usd by people
-- filters:     population, year
-- why:         Per-person-month and per-1,000 figures let years of different size be compared. PMPM is the allowed
--              amount of medical and of pharmacy claims, each over its own member months; visits and stays are per
--              1,000 people for a year: count × 12,000 / member months. Without enrolment there is neither.
--              The readmission rate is of all causes, planned returns set apart, and not adjusted for risk.
select
    plan_year.population,
    plan_year.year,
    plan_year.people,
    plan_year.people_with_visit,
    plan_year.member_months,
    plan_year.medical_allowed_usd / nullif(plan_year.member_months, 0) as medical_pmpm_usd,
    plan_year.pharmacy_allowed_usd / nullif(plan_year.pharmacy_member_months, 0) as pharmacy_pmpm_usd,
    plan_year.medical_allowed_usd / nullif(plan_year.member_months, 0)
    + case
        when plan_year.pharmacy_member_months = 0 then 0
        else plan_year.pharmacy_allowed_usd / nullif(plan_year.pharmacy_member_months, 0)
    end as pmpm_usd,
    plan_year.ed_visits,
    plan_year.ed_visits * 12000.0 / nullif(plan_year.member_months, 0) as ed_visits_per_1000,
    plan_year.inpatient_stays,
    plan_year.inpatient_stays * 12000.0 / nullif(plan_year.member_months, 0) as inpatient_stays_per_1000,
    stay.index_stays,
    stay.readmissions,
    stay.readmissions * 1.0 / nullif(stay.index_stays, 0) as readmission_rate,
    list_concat(plan_year.suppressed_columns, stay.suppressed_columns) as suppressed_columns,
    plan_year.is_suppressed or coalesce(stay.is_suppressed, false) as is_suppressed
from cubes.use as plan_year
left join cubes.readmission as stay
    on stay.dimension = 'all' and plan_year.population = stay.population and plan_year.year = stay.year
where plan_year.dimension = 'all'
order by plan_year.population, plan_year.year
