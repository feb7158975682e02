-- title:       Records without a code
-- question:    How many conditions, observations, procedures, medicines and vaccines carry no code?
-- grain:       data_source, table_name
-- kind:        completeness
-- threshold:   2 % of records
-- not_fit:     50 % of records
-- affects:     measures
-- remedy:      Ask for codes; text alone isn't read.
-- why:         What has no code is in no measure.
select
    r.data_source,
    r.table_name,
    cast(coalesce(sum(r.row_count) filter (where coalesce(len(r.codes), 0) = 0), 0) as bigint) as found_count,
    cast(sum(r.row_count) as bigint) as checked_count
from marts.record_use as r
group by r.data_source, r.table_name
