-- title:       What the sources can and can't answer
-- question:    Which figures are not computable for a population, and why?
-- grain:       population, capability
-- dimensions:  capability
-- filters:     population
-- why:         A figure that lacks its source says so; it is never shown as zero.
select
    capability.population,
    capability.capability,
    capability.is_available,
    capability.reason
from published.capability as capability
order by capability.population, capability.capability
