-- title:       Conditions that are no ICD-10-CM code
-- question:    How many conditions carry an ICD-10-CM code without the shape of one, dotted?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0.5 % of conditions
-- affects:     measures
-- remedy:      Write ICD-10-CM with its dot; look for local codes.
-- why:         A code that isn't written as the value sets write it is found by none of them.
select
    u.data_source,
    cast(
        coalesce(
            sum(u.row_count) filter (where not regexp_full_match(u.code, '[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?')), 0
        ) as bigint
    ) as found_count,
    cast(sum(u.row_count) as bigint) as checked_count
from marts.code_use as u
where u.code_kind = 'condition' and u.code_system = 'ICD10CM' and u.code is not null
group by u.data_source
