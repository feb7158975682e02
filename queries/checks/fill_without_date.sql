-- title:       Fills without a date
-- question:    How many fills don't say when the drug was handed over?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0.1 % of fills
-- not_fit:     5 % of fills
-- affects:     pmpm_usd, measures
-- remedy:      Ask for the date of dispensing.
-- why:         A fill without a date falls in no month: its cost is in no figure.
select
    r.data_source,
    count(*) filter (where r.dispensing_date is null) as found_count,
    count(*) as checked_count
from core.pharmacy_line as r
group by r.data_source
