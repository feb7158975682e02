-- title:       Cost and use by month
-- question:    How do cost and use move from month to month, and up to when can the figures be trusted?
-- grain:       population, month_start
-- dimensions:  month_start
-- counts:      people; ed_visits; inpatient_stays
-- sums:        pmpm_usd by people; paid_pmpm_usd by people
-- filters:     population, year
-- why:         Incurred cost: of care that began in the month, whenever it was paid. is_mature is false where payments
--              reach less than three months beyond the month: such months are marked and left out of trends, because
--              what is still to be paid would look like a fall. Null where no paid dates are given. Without rows the
--              policy publishes years only.
select
    cube.population,
    cube.year,
    cube.month_start,
    cube.run_out_months,
    cube.is_mature,
    cube.people,
    cube.member_months,
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
    cube.ed_visits,
    cube.ed_visits * 12000.0 / nullif(cube.member_months, 0) as ed_visits_per_1000,
    cube.inpatient_stays,
    cube.inpatient_stays * 12000.0 / nullif(cube.member_months, 0) as inpatient_stays_per_1000,
    cube.suppressed_columns,
    cube.is_suppressed
from cubes.use_month as cube
order by cube.population, cube.month_start
