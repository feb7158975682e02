-- title:       Payments from file to page
-- question:    What becomes of each dollar that a source says was paid, until it counts on a page?
-- grain:       population, source, year, claim_kind, level, step
-- dimensions:  level, step
-- filters:     population, source, year, claim_kind, level
-- counts:      people
-- sums:        paid_usd by people
-- why:         Delivered is the sum of all other steps, to the cent, and counted is what the pages' amounts add up to.
--     A step of few people is suppressed, with another that protects it, or with what was delivered.
select
    paid.population,
    paid.source,
    paid.year,
    paid.claim_kind,
    paid.level,
    paid.step,
    paid.step_number,
    paid.people,
    paid.paid_usd,
    paid.suppressed_columns,
    paid.is_suppressed
from cubes.paid_step as paid
order by paid.source, paid.year, paid.claim_kind, paid.step_number
