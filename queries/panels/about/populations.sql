-- title:       Populations
-- question:    Which groups of sources can be looked at, one at a time?
-- grain:       population
-- dimensions:  population
-- why:         Sources that aren't linked are never added up.
select
    population.population,
    population.label,
    population.is_default
from published.population as population
order by length(population.population), population.population
