-- title:       Records without a date
-- question:    How many conditions, observations, procedures, medicines and vaccines carry no date?
-- grain:       data_source, table_name
-- kind:        completeness
-- threshold:   2 % of records
-- not_fit:     50 % of records
-- affects:     measures
-- remedy:      Ask for the date of the event; the date of recording is accepted for conditions.
-- why:         What has no date is in no year of a measure.
with record as (
    select
        s.data_source,
        'condition' as table_name,
        coalesce(s.onset_start_at, s.onset_end_at, s.recorded_at) is null as is_undated,
        count(*) as records
    from staging.condition as s
    group by s.data_source, is_undated
    union all
    select s.data_source, 'observation', coalesce(s.effective_start_at, s.issued_at) is null as is_undated, count(*)
    from staging.observation as s
    group by s.data_source, is_undated
    union all
    select s.data_source, 'procedure', s.performed_start_at is null as is_undated, count(*)
    from staging.procedure as s
    group by s.data_source, is_undated
    union all
    select s.data_source, 'medication', coalesce(s.authored_at, s.period_start_at) is null as is_undated, count(*)
    from staging.medication as s
    group by s.data_source, is_undated
    union all
    select s.data_source, 'immunization', coalesce(s.occurrence_at, s.recorded_at) is null as is_undated, count(*)
    from staging.immunization as s
    group by s.data_source, is_undated
)

select
    r.data_source,
    r.table_name,
    cast(coalesce(sum(r.records) filter (where r.is_undated), 0) as bigint) as found_count,
    cast(sum(r.records) as bigint) as checked_count
from record as r
group by r.data_source, r.table_name
