-- title:       Principal diagnoses that are no ICD-9-CM code
-- question:    How many principal diagnoses that are said to be ICD-9-CM aren't shaped like it, dotted?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0.5 % of diagnoses
-- not_fit:     50 % of diagnoses
-- affects:     measures
-- remedy:      Keep leading zeros (003.1) and the dot; V codes have two digits before it, E codes three.
-- why:         A code that isn't written as the value sets write it is found by none of them.
select
    d.data_source,
    cast(
        coalesce(
            sum(d.row_count) filter (
                where not regexp_full_match(d.code, '([0-9]{3}|V[0-9]{2})(\.[0-9]{1,2})?|E[0-9]{3}(\.[0-9])?')
            ),
            0
        ) as bigint
    ) as found_count,
    cast(sum(d.row_count) as bigint) as checked_count
from marts.diagnosis_use as d
where d.code_system = 'ICD9CM'
group by d.data_source
