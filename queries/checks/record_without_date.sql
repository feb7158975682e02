-- title:       Records without a date
-- question:    How many conditions, observations, procedures, medicines and vaccines carry no date?
-- grain:       data_source, table_name
-- kind:        completeness
-- threshold:   2 % of records
-- not_fit:     50 % of records
-- affects:     measures
-- remedy:      Ask for the date of the event; the date of recording is accepted for conditions.
-- why:         What has no date is in no year of a measure.
select
    r.data_source,
    r.table_name,
    cast(coalesce(sum(r.row_count) filter (where not r.has_date), 0) as bigint) as found_count,
    cast(sum(r.row_count) as bigint) as checked_count
from marts.record_use as r
group by r.data_source, r.table_name
