-- title:       Run-out by year, as published
-- question:    How many months of each year are not yet complete?
-- grain:       population, year
-- why:         marts.month_maturity added up by year, so that it may be told where a policy publishes years only. Null
--     where the sources give no paid dates. It says how far payments reach, nothing of any person.
select
    m.population,
    m.year,
    case when bool_and(m.is_mature is not null) then count(*) filter (where not m.is_mature) end as immature_months
from marts.month_maturity as m
group by m.population, m.year
