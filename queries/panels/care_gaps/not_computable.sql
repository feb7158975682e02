-- title:       Measures that the sources can't answer
-- question:    Which measures can't be computed for this population, and what is missing for each?
-- grain:       population, measure_id
-- dimensions:  measure_id
-- filters:     population
-- why:         A measure whose data are missing says so instead of showing 0 % or 100 %. What it needs stands in its
--     header (needs); what the sources hold is found in every build.
with need as (
    select
        measure.id as measure_id,
        measure.title,
        trim(unnest(string_split(json_extract_string(measure.header, '$.needs'), ','))) as capability
    from published.query as measure
    where measure.id is not null
)

select
    capability.population,
    need.measure_id,
    need.title,
    string_agg(distinct capability.reason, '; ' order by capability.reason) as reason
from need
inner join published.capability as capability on need.capability = capability.capability
where not capability.is_available
group by capability.population, need.measure_id, need.title
order by capability.population, need.measure_id
