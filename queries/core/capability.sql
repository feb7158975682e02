-- title:       What each population's data can answer
-- question:    Which figures and measures can't be computed from a population's sources, and why not?
-- grain:       population, capability
-- why:         What a source lacks is not zero: a file of hospital stays says nothing of office visits. Of linked
--     sources it is enough that one has something, because it is about the same people. Only days of service and of
--     birth, and months of enrolment, must be known in each of them, since a figure would mix the exact with the
--     vague.
with judged as (
    select
        p.population,
        c.capability,
        case
            when c.capability in ('exact_dates', 'exact_birth_dates', 'monthly_enrolment') then bool_and(c.is_available)
            else bool_or(c.is_available)
        end as is_available,
        max(c.reason) as reason
    from core.source_capability as c
    inner join core.population as p on c.data_source = p.data_source
    group by p.population, c.capability
)

select
    j.population,
    j.capability,
    j.is_available,
    case when j.is_available then '' else j.reason end as reason
from judged as j
