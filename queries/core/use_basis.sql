-- title:       Where each source's use is counted from
-- question:    Are a source's visits and stays counted from its claims or from its clinical encounters?
-- grain:       data_source
-- why:         A source may describe one visit twice, as an encounter and as a claim; each source is counted from one
--     side only. A source without claims is counted from encounters, one without encounters from claims. With both:
--     if at least nine in ten claims name the encounter they bill for, the encounters are the fuller record (a
--     clinical export with its billing) and count; otherwise the claims count, since they also hold what other
--     providers did.
with claim as (
    select
        c.data_source,
        count(*) as claims,
        count(c.encounter_id) as linked_claims
    from core.claim as c
    group by c.data_source
),

encounter as (
    select
        e.data_source,
        count(*) as encounters
    from staging.encounter as e
    group by e.data_source
)

select
    coalesce(c.data_source, e.data_source) as data_source,
    case
        when c.claims is null then 'clinical'
        when e.encounters is null then 'claim'
        when 10 * c.linked_claims >= 9 * c.claims then 'clinical'
        else 'claim'
    end as basis,
    coalesce(c.claims, 0) as claims,
    coalesce(c.linked_claims, 0) as linked_claims,
    coalesce(e.encounters, 0) as encounters
from claim as c
full join encounter as e on c.data_source = e.data_source
