-- title:       What the checks found
-- question:    What did each check of the data find, for which source and about what?
-- grain:       population, check_name, source, group_value
-- dimensions:  check_name, source, group_value
-- filters:     population
-- counts:      found; checked
-- why:         Counts were rounded to midpoints of six when they were published; of a count of 1 to 10 it is only known
--     that it is few. found_units and checked_units count months, sources or tables, which are no people. The verdict
--     isn't here: it is made when the page is drawn, from the thresholds that stand in queries/checks/ at that moment.
select
    result.check_name,
    result.check_digest,
    result.population,
    result.source,
    result.group_value,
    result.found,
    result.checked,
    result.found_units,
    result.checked_units,
    result.is_few_found,
    result.is_few_checked
from published.check_result as result
order by result.check_name, result.source, result.group_value
