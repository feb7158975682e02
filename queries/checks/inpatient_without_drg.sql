-- title:       Inpatient claims without a DRG
-- question:    How many accepted inpatient claims have no DRG?
-- grain:       data_source
-- kind:        completeness
-- threshold:   10 % of claims
-- affects:     service_category
-- remedy:      Ask for the DRG as the payer grouped it; critical access hospitals and some payers have none.
-- why:         Without it stays can't be told apart by what they were for. Sources that are counted from encounters
--     aren't judged.
select
    c.data_source,
    count(*) filter (where c.drg_code is null) as found_count,
    count(*) as checked_count
from core.claim as c
semi join core.use_basis as u on c.data_source = u.data_source and u.basis = 'claim'
where not c.is_denied and left(c.bill_type_code, 2) in ('11', '41')
group by c.data_source
