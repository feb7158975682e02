-- title:       What the sources can and can't answer
-- question:    Which figures are not computable, and why?
-- grain:       capability
-- dimensions:  capability
-- why:         A figure that lacks its source says so; it is never shown as zero.
select
    capability.capability,
    capability.is_available,
    capability.reason
from published.capability as capability
order by capability.capability
