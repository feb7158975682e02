-- title:       Conditions of encounters nobody has
-- question:    How many conditions name an encounter that the source doesn't hold?
-- grain:       data_source
-- kind:        conformance
-- threshold:   2 % of conditions
-- affects:     measures
-- remedy:      Check that both files are from the same export; a reference may also be written in a way that leads
--     nowhere.
-- why:         Some measures ask what was found in a visit. Where the link leads nowhere, the visit looks empty.
select
    l.data_source,
    l.broken_links as found_count,
    l.links as checked_count
from marts.encounter_link as l
where l.table_name = 'condition'
