-- title:       People with claims who were never enrolled
-- question:    How many people with accepted claims have no member month at all, in a source that states enrolment?
-- grain:       data_source
-- kind:        completeness
-- threshold:   1 % of people
-- not_fit:     30 % of people
-- affects:     people, member_months, pmpm_usd
-- remedy:      Ask for enrolment of the same people and time; dependents are often under the subscriber's number.
-- why:         Their cost is in no PMPM.
with stated_source as (
    select distinct e.data_source
    from core.eligibility as e
    where e.enrolment_basis <> 'inferred'
),

patient as (
    select distinct c.data_source, c.person_id
    from core.claim as c
    semi join stated_source as s on c.data_source = s.data_source
    where not c.is_denied
),

enrolled as (
    select distinct e.person_id
    from core.eligibility as e
)

select
    p.data_source,
    count(*) filter (where e.person_id is null) as found_count,
    count(*) as checked_count
from patient as p
left join enrolled as e on p.person_id = e.person_id
group by p.data_source
