-- title:       Populations
-- question:    Which data sources describe the same people, so that they may be added up?
-- grain:       data_source
-- why:         Two sources that aren't linked may hold the same people under other numbers: adding them up would count
--     those twice, so it is never done. Data sources that share at least one person, through a crosswalk, are one
--     population, and so is a chain of them; any other data source is a population of its own. They are called p1, p2
--     … by the order in which the build was given the sources (data sources of one source: by name). One link is
--     enough, since a crosswalk states who is the same person and leaves the others apart.
with recursive present as (
    select distinct k.data_source
    from core.person_key as k
),

numbered as (
    select
        p.data_source,
        row_number() over (order by d.position nulls last, p.data_source) as source_number
    from present as p
    left join raw.data_source as d on p.data_source = d.data_source
),

-- Whoever is in several data sources ties each of them to the first; that is enough to connect them all.
shared as (
    select
        k.person_id,
        min(k.data_source) as first_data_source
    from core.person_key as k
    group by k.person_id
    having min(k.data_source) < max(k.data_source)
),

tie as (
    select distinct k.data_source, s.first_data_source as other_data_source
    from core.person_key as k
    inner join shared as s on k.person_id = s.person_id
    where k.data_source <> s.first_data_source
),

both_ways as (
    select t.data_source, t.other_data_source
    from tie as t
    union all
    select t.other_data_source, t.data_source
    from tie as t
),

reach as (
    select n.data_source, n.data_source as other_data_source
    from numbered as n
    union
    select r.data_source, b.other_data_source
    from reach as r
    inner join both_ways as b on r.other_data_source = b.data_source
),

first_of as (
    select
        r.data_source,
        min(n.source_number) as first_number
    from reach as r
    inner join numbered as n on r.other_data_source = n.data_source
    group by r.data_source
)

select
    f.data_source,
    'p' || dense_rank() over (order by f.first_number) as population
from first_of as f
