-- title:       Organizations
-- question:    Which provider organizations does the data name, under one short number each?
-- grain:       organization_key
-- why:         A source repeats an organization in many files: one row is kept per source and id, the one with a name
--     first. organization_key numbers them in the order of source and source id; organization_id is the source's own.
--     One without a name is called by our number, never by the source's.
with named as (
    select o.*
    from staging.organization as o
    where o.organization_id is not null
    qualify row_number() over (
        partition by o.data_source, o.organization_id
        order by o.organization_name nulls last, o.npi nulls last, o.state nulls last, o.organization_type nulls last
    ) = 1
),

numbered as (
    select
        n.*,
        cast(row_number() over (order by n.data_source, n.organization_id) as integer) as organization_key
    from named as n
)

select
    n.organization_key,
    n.data_source,
    n.organization_id,
    coalesce(n.organization_name, 'Organization ' || n.organization_key) as organization_name,
    n.organization_type,
    n.state,
    n.npi
from numbered as n
order by n.organization_key
