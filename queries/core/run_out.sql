-- title:       How far each source's payments reach
-- question:    Up to which day does each source show payments?
-- grain:       data_source
-- why:         Claims come in and are paid for months after the care. A month of care is as good as complete only when
--     payments reach some months beyond it. paid_through_date is the last paid date of any claim line or fill, denied
--     or not; a date after the day of the build is a typing error and isn't looked at. Null where the source gives no
--     paid date: then nothing can be said of its run-out.
with paid as (
    select
        l.data_source,
        max(l.paid_date) filter (where l.paid_date <= current_date) as paid_through_date
    from core.claim_line as l
    group by l.data_source
    union all
    select
        r.data_source,
        max(r.paid_date) filter (where r.paid_date <= current_date) as paid_through_date
    from core.pharmacy_line as r
    group by r.data_source
)

select
    p.data_source,
    max(p.paid_through_date) as paid_through_date
from paid as p
group by p.data_source
