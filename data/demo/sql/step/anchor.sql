-- The first two office visits of each person and calendar year: what measures look at is done there.
select
    person,
    event,
    start_date,
    plan_number,
    year(start_date)::smallint as year,
    row_number() over (partition by person, year(start_date) order by start_date, event) as visit_number
from random_event
where is_qualifying
qualify visit_number <= 2
