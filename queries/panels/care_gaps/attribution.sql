-- title:       How people come to an organisation
-- question:    By what are people attributed to organisations?
-- grain:       population, basis
-- dimensions:  basis
-- filters:     population
-- why:         What doesn't apply is not listed; the steps are tried in this order, and who fits none has no
--              organisation.
select
    way.population,
    way.step,
    way.basis
from published.attribution_basis as way
order by way.population, way.step
