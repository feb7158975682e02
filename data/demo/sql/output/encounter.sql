-- Encounters in the electronic record: one for each event at a place that keeps one.
select
    'E' || e.event::varchar as encounter_id,
    e.person_id,
    t.encounter_type,
    t.visit_code as type_code,
    case when t.visit_code is not null then 'hcpcs'::vocabulary end as type_code_system,
    e.start_date as encounter_start_date,
    e.end_date as encounter_end_date,
    e.end_date - e.start_date as length_of_stay,
    e.disposition as discharge_disposition_code,
    r.npi as attending_provider_id,
    f.npi as facility_npi,
    'icd-10-cm'::vocabulary as primary_diagnosis_code_type,
    e.diagnosis_code_1 as primary_diagnosis_code,
    'careparity_demo'::data_source as data_source
from event as e
inner join lookup.template as t on e.template = t.template
inner join lookup.practitioner as f on e.care_organization = f.organization and f.place = 0
inner join lookup.practitioner as r on e.care_organization = r.organization and e.care_place = r.place
where e.has_encounter
