-- title:       The same encounter under other identifiers
-- question:    How many encounters have the same person, class, start and organization as another?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   2 % of encounters
-- affects:     ed_visits_per_1000, inpatient_stays_per_1000, measures
-- remedy:      Ask whether a corrected encounter gets a new identifier.
-- why:         Visits of one day count once; stays are joined. But measures that count encounters count these twice.
with encounter as (
    select
        e.data_source,
        count(*) as copies
    from staging.encounter as e
    where e.start_at is not null
    group by
        e.data_source,
        hash(e.source_person_id, e.encounter_class, e.start_at, e.end_at, e.organization_id, e.type_codes)
)

select
    e.data_source,
    cast(coalesce(sum(e.copies) filter (where e.copies > 1), 0) as bigint) as found_count,
    cast(sum(e.copies) as bigint) as checked_count
from encounter as e
group by e.data_source
