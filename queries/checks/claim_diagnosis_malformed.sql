-- title:       Principal diagnoses that are no ICD-10-CM code
-- question:    How many claims have a first diagnosis that isn't shaped like an ICD-10-CM code with its dot?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0.5 % of claims
-- remedy:      Look at the source's code system column: ICD-9 codes, local codes and missing dots are the usual
--     causes.
-- why:         A code that isn't written as the value sets write it is found by none of them.
select
    c.data_source,
    count(*) filter (
        where not regexp_matches(c.diagnosis_codes[1], '^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?$')
    ) as found_count,
    count(*) as checked_count
from core.claim as c
where c.diagnosis_system = 'ICD10CM' and len(c.diagnosis_codes) > 0
group by c.data_source
having found_count > 0
