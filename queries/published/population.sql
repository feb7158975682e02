-- title:       Populations, as published
-- question:    Which groups of sources can be looked at, and what are they called?
-- grain:       population
-- why:         Sources that aren't linked are never added up: every table holds one population beside the other, and a
--     page shows one at a time, p1 unless another is chosen. A label names sources by order or by the name given to
--     --source, and their formats; what a file calls itself is never shown. Where one source holds several populations
--     their labels are numbered.
with described as (
    select distinct
        c.population,
        d.position,
        d.source || ' · ' || case d.format
            when 'fhir_r4' then 'FHIR R4'
            when 'input_layer' then 'input layer'
            when 'synthea_csv' then 'Synthea CSV'
            when 'desynpuf' then 'DE-SynPUF'
            else replace(d.format, '_', ' ')
        end as source_label
    from core.population as c
    inner join raw.data_source as d on c.data_source = d.data_source
),

labelled as (
    select
        d.population,
        min(d.position) as position,
        array_to_string(
            list_transform(
                list_sort(list({ 'position': d.position, 'source_label': d.source_label })), lambda x: x.source_label
            ),
            ' + '
        ) as label
    from described as d
    group by d.population
)

select
    l.population,
    case
        when count(*) over (partition by l.label) > 1
            then
                l.label || ' (' || row_number() over (partition by l.label order by length(l.population), l.population)
                || ')'
        else l.label
    end as label,
    l.population = 'p1' as is_default
from labelled as l
order by length(l.population), l.population
