-- Procedures in the electronic record: screening colonoscopies, and operations and births in hospital.
select
    'U' || e.event::varchar as procedure_id,
    e.person_id,
    'E' || e.event::varchar as encounter_id,
    e.start_date as procedure_date,
    case when e.procedure_code is null then 'hcpcs'::vocabulary else 'icd-10-pcs'::vocabulary end as source_code_type,
    coalesce(e.procedure_code::varchar, t.visit_code::varchar) as source_code,
    'careparity_demo'::data_source as data_source
from event as e
inner join lookup.template as t on e.template = t.template
where e.procedure_code is not null or e.service = 'colonoscopy'
