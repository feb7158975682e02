-- title:       Hospital claims with one diagnosis only
-- question:    How many accepted institutional claims with a diagnosis have only one?
-- grain:       data_source
-- kind:        completeness
-- threshold:   80 % of claims
-- affects:     measures
-- remedy:      Ask whether the extract kept the principal diagnosis only.
-- why:         Hospital claims carry several diagnoses. Where nearly all have one, comorbidity and exclusions are
--     missed. Sources that are counted from encounters aren't judged.
select
    c.data_source,
    count(*) filter (where len(c.diagnosis_codes) = 1) as found_count,
    count(*) as checked_count
from core.claim as c
semi join core.use_basis as u on c.data_source = u.data_source and u.basis = 'claim'
where not c.is_denied and c.claim_type = 'institutional' and len(c.diagnosis_codes) > 0
group by c.data_source
