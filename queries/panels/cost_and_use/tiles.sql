-- title:       Cost and use at a glance
-- question:    What does care cost per member per month, with and without the most costly people, and how is it used?
-- grain:       population, year
-- dimensions:  year
-- counts:      people; people_with_visit of people; people_above_cap of people; people_above_paid_cap of people;
--     ed_visits; inpatient_stays; visits
-- sums:        pmpm_usd by people; paid_pmpm_usd by people; capped_pmpm_usd by people_above_cap;
--     paid_capped_pmpm_usd by people_above_paid_cap
-- filters:     population, year
-- why:         PMPM is the allowed amount (or what the plan paid) of medical and of pharmacy claims, each over its own
--              member months. The capped figure leaves out what a person costs above high_cost_cap_usd in the year;
--              the excess is taken off over the medical member months. It stands beside the full figure, never instead
--              of it. immature_months are months with under three months' run-out; null where no paid dates are given.
select
    cube.population,
    cube.year,
    cube.people,
    cube.people_with_visit,
    cube.member_months,
    cube.pharmacy_member_months,
    cube.medical_allowed_usd / nullif(cube.member_months, 0) as medical_pmpm_usd,
    cube.pharmacy_allowed_usd / nullif(cube.pharmacy_member_months, 0) as pharmacy_pmpm_usd,
    cube.medical_allowed_usd / nullif(cube.member_months, 0)
    + case
        when cube.pharmacy_member_months = 0 then 0
        else cube.pharmacy_allowed_usd / nullif(cube.pharmacy_member_months, 0)
    end as pmpm_usd,
    cube.medical_paid_usd / nullif(cube.member_months, 0) as paid_medical_pmpm_usd,
    cube.pharmacy_paid_usd / nullif(cube.pharmacy_member_months, 0) as paid_pharmacy_pmpm_usd,
    cube.medical_paid_usd / nullif(cube.member_months, 0)
    + case
        when cube.pharmacy_member_months = 0 then 0
        else cube.pharmacy_paid_usd / nullif(cube.pharmacy_member_months, 0)
    end as paid_pmpm_usd,
    cap.cap_usd as high_cost_cap_usd,
    cube.people_above_cap,
    cube.people_above_paid_cap,
    (cube.medical_allowed_usd - cube.excess_allowed_usd) / nullif(cube.member_months, 0)
    + case
        when cube.pharmacy_member_months = 0 then 0
        else cube.pharmacy_allowed_usd / nullif(cube.pharmacy_member_months, 0)
    end as capped_pmpm_usd,
    (cube.medical_paid_usd - cube.excess_paid_usd) / nullif(cube.member_months, 0)
    + case
        when cube.pharmacy_member_months = 0 then 0
        else cube.pharmacy_paid_usd / nullif(cube.pharmacy_member_months, 0)
    end as paid_capped_pmpm_usd,
    cube.ed_visits,
    cube.ed_visits * 12000.0 / nullif(cube.member_months, 0) as ed_visits_per_1000,
    cube.inpatient_stays,
    cube.inpatient_stays * 12000.0 / nullif(cube.member_months, 0) as inpatient_stays_per_1000,
    cube.visits,
    cube.visits * 12000.0 / nullif(cube.member_months, 0) as visits_per_1000,
    reach.immature_months,
    cube.suppressed_columns,
    cube.is_suppressed
from cubes.use as cube
cross join published.high_cost_cap as cap
left join published.run_out as reach on cube.population = reach.population and cube.year = reach.year
where cube.dimension = 'all'
order by cube.population, cube.year
