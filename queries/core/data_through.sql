-- title:       How far each source's data reach
-- question:    Up to which day does each source show any service?
-- grain:       data_source
-- why:         Enrolment that is still open, or runs to a far date, is counted up to the end of the last month in
--     which the source shows a claim or an encounter, and never past the last reporting period. Without this a file
--     that ends in March would look like nine months of members who use nothing. Where a source gives dates of service
--     by year only, the whole of that year counts as reached.
with service as (
    select
        c.data_source,
        max(coalesce(c.claim_line_start_date, c.claim_start_date, c.admission_date)) as last_date
    from staging.medical_claim as c
    group by c.data_source
    union all
    select r.data_source, max(r.dispensing_date)
    from staging.pharmacy_claim as r
    group by r.data_source
    union all
    select e.data_source, max(e.start_date)
    from staging.encounter as e
    group by e.data_source
),

-- Dates of service that name only a year, read as its first day.
year_source as (
    select distinct d.data_source
    from raw.coarse_date as d
    where d.date_precision = 'year' and d.subject = 'care'
),

last_period as (
    select max(p.period_end) as period_end
    from reference.period as p
)

select
    s.data_source,
    least(
        case
            when count(y.data_source) > 0 then make_date(year(max(s.last_date)), 12, 31)
            else cast(date_trunc('month', max(s.last_date)) + interval 1 month as date) - 1
        end,
        max(l.period_end)
    ) as data_through_date
from service as s
left join year_source as y on s.data_source = y.data_source
cross join last_period as l
where s.last_date is not null
group by s.data_source
