-- Two office visits of each person and calendar year, any two: what measures look at is done there, so that results
-- and vaccinations are spread over the year as visits are.
select
    person,
    event,
    start_date,
    plan_number,
    year(start_date)::smallint as year,
    row_number() over (partition by person, year(start_date) order by hash(h), event) as visit_number
from random_event
where is_qualifying
qualify visit_number <= 2
