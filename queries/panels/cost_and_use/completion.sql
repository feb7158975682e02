-- title:       How fast claims are paid
-- question:    What share of what is paid in the end is paid within so many months of the care?
-- grain:       population, claim_kind, lag_months
-- dimensions:  claim_kind, lag_months
-- counts:      people
-- sums:        paid_usd by people; completed_share by people
-- filters:     population
-- why:         A month of care is as complete as older months were at the same age. From months with at least 12 months
--              of run-out. 12 means twelve months and more. Null from the first hidden lag on.
with lag as (
    select
        cube.*,
        count(*) over upto as lags,
        count(cube.paid_usd) over upto as lags_shown,
        sum(cube.paid_usd) over upto as paid_so_far_usd
    from cubes.completion as cube
    where not cube.is_total
    window
        upto as (
            partition by cube.population, cube.claim_kind order by cube.lag_months
            rows between unbounded preceding and current row
        )
)

select
    lag.population,
    lag.claim_kind,
    lag.lag_months,
    lag.people,
    lag.paid_usd,
    case when lag.lags = lag.lags_shown then lag.paid_so_far_usd * 1.0 / nullif(total.paid_usd, 0) end
        as completed_share,
    lag.suppressed_columns,
    lag.is_suppressed
from lag
left join cubes.completion as total
    on total.is_total and lag.population = total.population and lag.claim_kind = total.claim_kind
order by lag.population, lag.claim_kind, lag.lag_months
