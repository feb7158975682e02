-- Practitioners of the fictional organisations.
select
    npi as practitioner_id,
    npi,
    organization_name as practice_affiliation,
    specialty,
    'careparity_demo'::data_source as data_source
from lookup.practitioner
where place > 0
