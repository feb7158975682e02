-- title:       Principal diagnoses that are no ICD-10-CM code
-- question:    How many principal diagnoses of claims aren't shaped like an ICD-10-CM code with its dot?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0.5 % of diagnoses
-- not_fit:     50 % of diagnoses
-- affects:     measures
-- remedy:      Look at the source's code system column: ICD-9 codes, local codes and missing dots are the usual causes.
-- why:         A code that isn't written as the value sets write it is found by none of them.
select
    d.data_source,
    cast(
        coalesce(
            sum(d.row_count) filter (where not regexp_full_match(d.code, '[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?')), 0
        ) as bigint
    ) as found_count,
    cast(sum(d.row_count) as bigint) as checked_count
from marts.diagnosis_use as d
where d.code_system = 'ICD10CM'
group by d.data_source
