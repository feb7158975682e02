-- title:       Languages that aren't listed
-- question:    For how many people is the language written in a way that no listed word matches?
-- grain:       data_source
-- kind:        conformance
-- threshold:   2 % of people
-- affects:     groups
-- remedy:      Map the source's words to English names of languages; queries/core/person.sql lists them.
-- why:         Free text could name a person, so only listed words name a group; the others are together in Other
--     language.
select
    p.data_source,
    count(*) filter (where p.language = 'Other language') as found_count,
    count(*) as checked_count
from core.person as p
where p.language is not null
group by p.data_source
