-- title:       Records without a code
-- question:    How many conditions, observations, procedures, medicines and vaccines carry no code?
-- grain:       data_source, table_name
-- kind:        completeness
-- threshold:   2 % of records
-- not_fit:     50 % of records
-- affects:     measures
-- remedy:      Ask for codes; text alone isn't read.
-- why:         What has no code is in no measure.
with record as (
    select s.data_source, 'condition' as table_name, len(s.codes) as codes, count(*) as records
    from staging.condition as s
    group by s.data_source, len(s.codes)
    union all
    select s.data_source, 'observation', len(s.codes), count(*)
    from staging.observation as s
    group by s.data_source, len(s.codes)
    union all
    select s.data_source, 'procedure', len(s.codes), count(*)
    from staging.procedure as s
    group by s.data_source, len(s.codes)
    union all
    select s.data_source, 'medication', len(s.codes), count(*)
    from staging.medication as s
    group by s.data_source, len(s.codes)
    union all
    select s.data_source, 'immunization', len(s.codes), count(*)
    from staging.immunization as s
    group by s.data_source, len(s.codes)
)

select
    r.data_source,
    r.table_name,
    cast(coalesce(sum(r.records) filter (where coalesce(r.codes, 0) = 0), 0) as bigint) as found_count,
    cast(sum(r.records) as bigint) as checked_count
from record as r
group by r.data_source, r.table_name
