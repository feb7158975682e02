-- title:       The same fill under other identifiers
-- question:    How many fills of the last year have the same person, drug, day and quantity as another?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   1 % of fills
-- affects:     pmpm_usd, measures
-- remedy:      Ask whether a corrected fill gets a new number; if so, the link to the fill it replaces is needed.
-- why:         A fill sent again under another number is paid twice here.
with fill as (
    select
        r.data_source,
        count(*) as copies
    from core.pharmacy_line as r
    where
        r.ndc_code is not null
        and r.paid_usd > 0
        and year(r.dispensing_date) = (select max(p.year) from reference.period as p)
    group by r.data_source, hash(r.person_id, r.ndc_code, r.dispensing_date, r.quantity, r.days_supply)
)

select
    f.data_source,
    cast(coalesce(sum(f.copies) filter (where f.copies > 1), 0) as bigint) as found_count,
    cast(sum(f.copies) as bigint) as checked_count
from fill as f
group by f.data_source
