-- title:       People of a linked source whom the crosswalk doesn't link
-- question:    How many people of a source that is linked to others are linked to nobody?
-- grain:       data_source
-- kind:        completeness
-- threshold:   20 % of people
-- affects:     people, member_months
-- remedy:      Ask for a crosswalk that covers all people, and for the day it was made; new members are often missing.
-- why:         Someone in two sources whom nothing links is two people here, each with half of the care.
with person_source as (
    select
        k.person_id,
        count(distinct k.data_source) as sources
    from core.person_key as k
    group by k.person_id
),

source_person as (
    select distinct
        k.data_source,
        k.person_id,
        p.sources
    from core.person_key as k
    inner join person_source as p on k.person_id = p.person_id
)

select
    s.data_source,
    count(*) filter (where s.sources = 1) as found_count,
    count(*) as checked_count
from source_person as s
group by s.data_source
having count(*) filter (where s.sources > 1) > 0
