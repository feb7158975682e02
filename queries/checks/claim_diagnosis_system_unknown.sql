-- title:       Claims whose diagnosis system is unknown
-- question:    How many claims with diagnoses say neither ICD-10-CM nor ICD-9-CM?
-- grain:       data_source
-- kind:        conformance
-- threshold:   1 % of claims
-- not_fit:     50 % of claims
-- affects:     measures
-- remedy:      Write ICD10CM or ICD9CM in the column that names the code system.
-- why:         Codes of an unknown system match no value set. Sources that are counted from encounters aren't judged.
select
    c.data_source,
    count(*) filter (where coalesce(c.diagnosis_system, '') not in ('ICD10CM', 'ICD9CM')) as found_count,
    count(*) as checked_count
from core.claim as c
semi join core.use_basis as u on c.data_source = u.data_source and u.basis = 'claim'
where len(c.diagnosis_codes) > 0
group by c.data_source
