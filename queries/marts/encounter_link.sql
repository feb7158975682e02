-- title:       Links from records to encounters
-- question:    How many rows of each kind name an encounter, and of those how many one that the source doesn't hold?
-- grain:       data_source, table_name
-- why:         One pass for all kinds of rows, over hashes of the identifiers: four joins over millions of words would
--     cost more than all other checks together. Two identifiers with one hash are one in 10 to the 19th. Of claims, the
--     last year is looked at.
with link as (
    select c.data_source, 'claim' as table_name, hash(c.data_source, c.encounter_id) as encounter_hash
    from core.claim as c
    where c.encounter_id is not null and year(c.claim_start_date) = (select max(y.year) from reference.period as y)
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
),

judged as (
    select
        l.data_source,
        l.table_name,
        l.encounter_hash in (
            select hash(e.data_source, e.encounter_id) from staging.encounter as e
        ) as is_known
    from link as l
)

select
    j.data_source,
    j.table_name,
    count(*) as links,
    count(*) filter (where not j.is_known) as broken_links
from judged as j
group by j.data_source, j.table_name
