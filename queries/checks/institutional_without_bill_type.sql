-- title:       Hospital claims without a type of bill
-- question:    How many accepted institutional claims have no type of bill?
-- grain:       data_source
-- kind:        completeness
-- threshold:   1 % of claims
-- affects:     ed_visits_per_1000, inpatient_stays_per_1000, service_category
-- remedy:      Ask for the type of bill (form locator 4 of the UB-04).
-- why:         The type of bill tells an inpatient claim from an outpatient one. Without it a stay may not be seen.
--     Sources that are counted from encounters aren't judged.
select
    c.data_source,
    count(*) filter (where c.bill_type_code is null) as found_count,
    count(*) as checked_count
from core.claim as c
semi join core.use_basis as u on c.data_source = u.data_source and u.basis = 'claim'
where not c.is_denied and c.claim_type = 'institutional'
group by c.data_source
