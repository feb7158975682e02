-- title:       Claims that name an encounter nobody has
-- question:    How many claims name an encounter that the source doesn't hold?
-- grain:       data_source
-- kind:        conformance
-- threshold:   1 % of claims
-- affects:     ed_visits_per_1000, inpatient_stays_per_1000
-- remedy:      Check that encounters and claims are from the same export; a reference may also be written in a way that
--     leads nowhere.
-- why:         A visit in claims and in records counts once because of this link. Where it leads nowhere, nothing joins
--     them.
with known as (
    select distinct e.data_source, e.encounter_id
    from staging.encounter as e
)

select
    c.data_source,
    count(*) filter (where k.encounter_id is null) as found_count,
    count(*) as checked_count
from core.claim as c
left join known as k on c.data_source = k.data_source and c.encounter_id = k.encounter_id
where c.encounter_id is not null
group by c.data_source
