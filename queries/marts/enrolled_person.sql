-- title:       People whose enrolment is known
-- question:    Of whom does a source say from when to when they were enrolled?
-- grain:       person_id
-- why:         Where a person's source states enrolment for anyone, care outside that person's own months is care
--     outside: it is kept apart, so that no rate divides it by the months of others. Of everyone else all care counts,
--     and there are no member months to divide it by. Inferred enrolment states nothing.
with enrolment_source as (
    select distinct e.data_source
    from core.eligibility as e
    where e.enrolment_basis <> 'inferred'
)

select distinct k.person_id
from core.person_key as k
semi join enrolment_source as s on k.data_source = s.data_source
