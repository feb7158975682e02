-- title:       Rows by month
-- question:    How many rows of each kind does each source hold, month by month?
-- grain:       population, source, table_name, period
-- dimensions:  source, table_name, period
-- filters:     population, table_name
-- counts:      row_count
-- why:         A month without its rows looks like a month of good health. Under a policy that keeps years only, the
--     rows are by year. Counts were rounded to midpoints of six when they were published; is_few says 1 to 10.
select
    coverage.population,
    coverage.source,
    coverage.table_name,
    coverage.period,
    coverage.row_count,
    coverage.is_few
from published.coverage as coverage
order by coverage.source, coverage.table_name, coverage.period
