-- title:       Inpatient claims without admission or last day
-- question:    How many accepted inpatient claims lack a first or a last day?
-- grain:       data_source
-- kind:        completeness
-- threshold:   1 % of claims
-- affects:     inpatient_stays_per_1000, readmission_rate
-- remedy:      Ask for admission and discharge dates, or statement dates.
-- why:         A stay without its days can't be joined with others and has no readmission. Sources that are counted
--     from encounters aren't judged.
select
    c.data_source,
    count(*) filter (where c.claim_start_date is null or c.claim_end_date is null) as found_count,
    count(*) as checked_count
from core.claim as c
semi join core.use_basis as u on c.data_source = u.data_source and u.basis = 'claim'
where not c.is_denied and left(c.bill_type_code, 2) in ('11', '41')
group by c.data_source
