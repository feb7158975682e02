-- title:       Clinical records by their codes
-- question:    Which sets of codes do the records of each kind carry, with a date or without, and how often?
-- grain:       data_source, table_name, codes, has_date
-- why:         Millions of records carry a few thousand sets of codes: counted once here, checks of codes and dates
--     cost nothing. A condition has a date if it says when it began or when it was recorded.
with record as (
    select
        s.data_source,
        'condition' as table_name,
        s.codes,
        coalesce(s.onset_start_at, s.onset_end_at, s.recorded_at) is not null as has_date
    from staging.condition as s
    union all
    select s.data_source, 'observation', s.codes, coalesce(s.effective_start_at, s.issued_at) is not null
    from staging.observation as s
    union all
    select s.data_source, 'procedure', s.codes, s.performed_start_at is not null
    from staging.procedure as s
    union all
    select s.data_source, 'medication', s.codes, coalesce(s.authored_at, s.period_start_at) is not null
    from staging.medication as s
    union all
    select s.data_source, 'immunization', s.codes, coalesce(s.occurrence_at, s.recorded_at) is not null
    from staging.immunization as s
)

select
    r.data_source,
    r.table_name,
    r.codes,
    r.has_date,
    count(*) as row_count
from record as r
group by r.data_source, r.table_name, r.codes, r.has_date
