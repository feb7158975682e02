-- title:       The same encounter under other identifiers
-- question:    How many encounters of the last year have the same person, class, start, end and provider as another?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   2 % of encounters
-- affects:     ed_visits_per_1000, inpatient_stays_per_1000, measures
-- remedy:      Ask whether a corrected encounter gets a new identifier.
-- why:         Visits of one day count once; stays are joined. But measures that count encounters count these twice.
with encounter as (
    select
        e.person_id,
        count(*) as copies
    from core.encounter as e
    where year(e.start_date) = (select max(y.year) from reference.period as y)
    group by e.person_id, e.encounter_class, e.start_at, e.end_at, e.organization_id, e.practitioner_id
),

person as (
    select e.person_id, sum(e.copies) as encounters, sum(e.copies) filter (where e.copies > 1) as repeated
    from encounter as e
    group by e.person_id
)

select
    p.data_source,
    cast(coalesce(sum(n.repeated), 0) as bigint) as found_count,
    cast(sum(n.encounters) as bigint) as checked_count
from person as n
inner join core.person as p on n.person_id = p.person_id
group by p.data_source
