-- title:       Claims without a diagnosis
-- question:    How many accepted claims carry no diagnosis at all?
-- grain:       data_source
-- kind:        completeness
-- threshold:   2 % of claims
-- not_fit:     50 % of claims
-- affects:     measures
-- remedy:      Check that the diagnosis columns were delivered; dental and vision claims may have none by nature.
-- why:         Conditions, exclusions and cohorts are found by diagnosis. Sources that are counted from encounters
--     aren't judged.
select
    c.data_source,
    count(*) filter (where coalesce(len(c.diagnosis_codes), 0) = 0) as found_count,
    count(*) as checked_count
from core.claim as c
semi join core.use_basis as u on c.data_source = u.data_source and u.basis = 'claim'
where not c.is_denied and c.claim_type in ('professional', 'institutional')
group by c.data_source
