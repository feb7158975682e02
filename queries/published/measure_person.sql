-- title:       Measures by person, as published
-- question:    In which populations of which measure was each person, in which year, and why is a gap open?
-- grain:       measure_id, group_id, person_id, year
-- why:         measures.result with the year instead of the period's dates, so that cohorts can be built on it, without
--     what a population's data can't answer (core.capability).
with not_computable as (
    select distinct
        c.population,
        n.measure_id
    from core.measure_need as n
    inner join core.capability as c on n.capability = c.capability
    where not c.is_available
)

select
    r.measure_id,
    r.group_id,
    r.person_id,
    cast(year(r.period_start) as integer) as year,
    r.in_initial_population,
    r.in_denominator,
    r.is_excluded,
    r.is_exception,
    r.in_numerator,
    r.stratum_1,
    r.stratum_2,
    r.reason
from measures.result as r
left join core.person as d on r.person_id = d.person_id
anti join not_computable as x on d.population = x.population and r.measure_id = x.measure_id
where r.in_initial_population
