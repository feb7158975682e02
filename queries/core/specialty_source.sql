-- title:       Which sources say who gives primary care
-- question:    Does a source state the specialty of its practitioners?
-- grain:       data_source
-- why:         A source that states the specialty of at least half of the practitioners it names can tell primary care
--     from other visits. In any other source visits of every specialty count, and the basis of the attribution says
--     so: leaving them all out would leave everybody without an organization.
with practitioner as (
    select
        p.data_source,
        count(*) as practitioners,
        count(nullif(trim(p.specialty), '')) as with_specialty
    from staging.practitioner as p
    group by p.data_source
)

select
    c.data_source,
    coalesce(p.practitioners, 0) as practitioners,
    coalesce(p.with_specialty, 0) as with_specialty,
    coalesce(2 * p.with_specialty >= p.practitioners, false) as states_specialty
from core.population as c
left join practitioner as p on c.data_source = p.data_source
