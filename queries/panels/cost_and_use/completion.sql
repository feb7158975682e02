-- title:       How fast claims are paid
-- question:    What share of what is paid in the end is paid within so many months of the care?
-- grain:       population, claim_kind, lag_months
-- dimensions:  claim_kind, lag_months
-- counts:      people
-- sums:        paid_usd by people; completed_share by people
-- filters:     population
-- why:         A month of care is as complete as older months were at the same age. From months with at least 12 months
--              of run-out. 12 means twelve months and more. Null from the first hidden lag on.
select
    cube.population,
    cube.claim_kind,
    cube.lag_months,
    cube.people,
    cube.paid_usd,
    case
        when count(cube.paid_usd) over whole = count(*) over whole
            then sum(cube.paid_usd) over upto * 1.0 / nullif(sum(cube.paid_usd) over whole, 0)
    end as completed_share,
    cube.suppressed_columns,
    cube.is_suppressed
from cubes.completion as cube
window
    whole as (partition by cube.population, cube.claim_kind),
    upto as (
        partition by cube.population, cube.claim_kind order by cube.lag_months
        rows between unbounded preceding and current row
    )
order by cube.population, cube.claim_kind, cube.lag_months
