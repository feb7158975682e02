-- title:       Links from records to encounters
-- question:    How many rows of each kind name an encounter, and of those how many one that the source doesn't hold?
-- grain:       data_source, table_name
-- why:         One pass for all kinds of rows, over hashes of the identifiers: four joins over millions of words would
--     cost more than all other checks together. Two identifiers with one hash are one in 10 to the 19th.
with known as (
    select distinct hash(e.data_source, e.encounter_id) as encounter_hash
    from staging.encounter as e
),

link as (
    select c.data_source, 'claim' as table_name, hash(c.data_source, c.encounter_id) as encounter_hash
    from core.claim as c
    where c.encounter_id is not null
    union all
    select s.data_source, 'condition', hash(s.data_source, s.encounter_id)
    from staging.condition as s
    where s.encounter_id is not null
    union all
    select s.data_source, 'observation', hash(s.data_source, s.encounter_id)
    from staging.observation as s
    where s.encounter_id is not null
    union all
    select s.data_source, 'procedure', hash(s.data_source, s.encounter_id)
    from staging.procedure as s
    where s.encounter_id is not null
)

select
    l.data_source,
    l.table_name,
    count(*) as links,
    count(*) - count(k.encounter_hash) as broken_links
from link as l
left join known as k on l.encounter_hash = k.encounter_hash
group by l.data_source, l.table_name
