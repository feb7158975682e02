-- title:       Measures and their definitions
-- question:    What exactly does each measure count?
-- grain:       measure_id
-- dimensions:  measure_id
-- why:         The text comes from the header of the measure's SQL file; the SQL itself is the definition.
select
    query.id as measure_id,
    query.title,
    query.better,
    query.question,
    query.why,
    query.spec,
    query.path,
    query.sql
from published.query as query
where query.schema_name = 'measures'
order by query.id
