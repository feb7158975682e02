-- 4,096 slots, dealt to single years of age (on 1 January 2023; negative: born in the window) by population.
with year_of_age as (
    select
        unnest(range(age_from::integer, age_to::integer + 1))::smallint as age,
        weight::double / (age_to::integer - age_from::integer + 1) as people,
        female_pct::double / 100 as female_share
    from parameter.age
),

bounds as (
    select
        *,
        (4096 * (sum(people) over (order by age rows unbounded preceding) - people) / sum(people) over ())::integer
            as slot_from,
        (4096 * sum(people) over (order by age rows unbounded preceding) / sum(people) over ())::integer as slot_to
    from year_of_age
)

select
    unnest(range(slot_from, slot_to))::integer as slot,
    age,
    female_share
from bounds
