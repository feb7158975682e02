-- title:       Practitioners in the input layer
-- grain:       data_source, practitioner_id
select
    data_source,
    practitioner_id,
    npi,
    specialty,
    practice_affiliation as organization_id
from raw.input_layer_practitioner
