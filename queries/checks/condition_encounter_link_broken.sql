-- title:       Conditions of encounters nobody has
-- question:    How many conditions name an encounter that the source doesn't hold?
-- grain:       data_source
-- kind:        conformance
-- threshold:   2 % of conditions
-- affects:     measures
-- remedy:      Check that both files are from the same export; a reference may also be written in a way that leads
--     nowhere.
-- why:         Some measures ask what was found in a visit. Where the link leads nowhere, the visit looks empty.
with known as (
    select distinct e.data_source, e.encounter_id
    from staging.encounter as e
)

select
    s.data_source,
    count(*) filter (where k.encounter_id is null) as found_count,
    count(*) as checked_count
from staging.condition as s
left join known as k on s.data_source = k.data_source and s.encounter_id = k.encounter_id
where s.encounter_id is not null
group by s.data_source
