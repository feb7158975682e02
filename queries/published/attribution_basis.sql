-- title:       How people come to an organization, as published
-- question:    By what are the people of each population attributed to organizations?
-- grain:       population, basis
-- why:         In the order in which they are tried (core.attribution). What a population's sources can't give isn't
--     listed: a payer's list, practitioners' specialties. It says what the sources hold, and nothing of any person.
with supplied as (
    select distinct a.data_source
    from staging.attribution as a
),

source as (
    select
        p.population,
        l.data_source is not null as has_list,
        u.data_source is not null as has_use,
        s.states_specialty
    from core.population as p
    inner join core.specialty_source as s on p.data_source = s.data_source
    left join core.use_basis as u on p.data_source = u.data_source
    left join supplied as l on p.data_source = l.data_source
)

select distinct s.population, 1 as step, 'payer' as basis
from source as s
where s.has_list
union all
select distinct s.population, 2, 'primary-care visits'
from source as s
where s.has_use and s.states_specialty
union all
select distinct s.population, 3, 'visits of any specialty'
from source as s
where s.has_use and not s.states_specialty
