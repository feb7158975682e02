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
select
    l.data_source,
    l.broken_links as found_count,
    l.links as checked_count
from marts.encounter_link as l
where l.table_name = 'claim'
