-- title:       Payments on the pages
-- question:    How much was paid, as the figures of cost and use add it up?
-- grain:       population, year
-- dimensions:  year
-- filters:     population, year
-- counts:      people
-- sums:        medical_paid_usd by people; pharmacy_paid_usd by people
-- why:         What the steps from the file end in must be this, to the cent.
select
    plan_year.population,
    plan_year.year,
    plan_year.people,
    cast(plan_year.medical_paid_usd as decimal(18, 2)) as medical_paid_usd,
    cast(plan_year.pharmacy_paid_usd as decimal(18, 2)) as pharmacy_paid_usd,
    plan_year.suppressed_columns,
    plan_year.is_suppressed
from cubes.use as plan_year
where plan_year.dimension = 'all'
order by plan_year.year
