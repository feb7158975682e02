-- 65,536 slots, dealt to ZIP codes by population: a uniform slot is a person's home.
with weighted as (
    select
        z.zip_code,
        c.*,
        z.weight::double / sum(z.weight::double) over (partition by z.county_fips) * c.population::double as people
    from parameter.zip as z
    inner join parameter.county as c on z.county_fips = c.county_fips
),

bounds as (
    select
        *,
        (
            65536 * (sum(people) over (order by zip_code rows unbounded preceding) - people) / sum(people) over ()
        )::integer as slot_from,
        (65536 * sum(people) over (order by zip_code rows unbounded preceding) / sum(people) over ())::integer
            as slot_to
    from weighted
)

select
    unnest(range(slot_from, slot_to))::integer as slot,
    zip_code,
    county_fips,
    state,
    rurality,
    deprivation_quintile::tinyint as deprivation,
    black_pct::float / 100 as black_share,
    hispanic_pct::float / 100 as hispanic_share,
    asian_pct::float / 100 as asian_share,
    (hash(county_fips) % 8)::tinyint as nearest_organization
from bounds
order by slot
