-- title:       Measures and their definitions
-- question:    What exactly does each measure count?
-- grain:       measure_id
-- dimensions:  measure_id
select measure.*
from published.measure as measure
order by measure.measure_id
