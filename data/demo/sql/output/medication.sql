-- Prescriptions in the electronic record: one for each medicine and calendar year with an office visit.
select
    'X' || a.event::varchar || '-' || r.drug_number::varchar as medication_id,
    r.person_id,
    'E' || a.event::varchar as encounter_id,
    a.start_date as prescribing_date,
    'ndc'::medication_vocabulary as source_code_type,
    r.ndc_code as source_code,
    r.ndc_code,
    r.rxnorm_code,
    r.quantity,
    r.days_supply::integer as days_supply,
    'careparity_demo'::data_source as data_source
from regimen as r
inner join anchor as a on r.person = a.person and a.visit_number = 1
