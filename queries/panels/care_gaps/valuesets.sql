-- title:       Value sets of a measure
-- question:    Which of its code lists were imported, and which are only starter lists?
-- dimensions:  name
-- filters:     measure_id
select
    valueset.measure_id,
    valueset.name,
    valueset.status,
    valueset.codes
from published.valueset as valueset
