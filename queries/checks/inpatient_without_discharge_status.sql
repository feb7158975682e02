-- title:       Inpatient claims without a discharge status
-- question:    How many accepted inpatient claims don't say where the person went?
-- grain:       data_source
-- kind:        completeness
-- threshold:   5 % of claims
-- affects:     readmission_rate, inpatient_stays_per_1000
-- remedy:      Ask for the patient status (form locator 17 of the UB-04).
-- why:         Deaths and transfers are told by it; without it a transfer looks like a readmission. Sources that are
--     counted from encounters aren't judged.
select
    c.data_source,
    count(*) filter (where c.discharge_disposition_code is null) as found_count,
    count(*) as checked_count
from core.claim as c
semi join core.use_basis as u on c.data_source = u.data_source and u.basis = 'claim'
where not c.is_denied and left(c.bill_type_code, 2) in ('11', '41')
group by c.data_source
