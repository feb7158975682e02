-- Vaccinations: once for some adults, and the series of early childhood by day of life.
select
    for_whom,
    dose::integer as dose,
    cvx_code::cvx as cvx_code,
    year::smallint as year,
    min_age::smallint as min_age,
    chance_pct::double / 100 as chance,
    due_day::integer as due_day
from parameter.vaccine
