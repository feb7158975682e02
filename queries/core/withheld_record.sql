-- title:       Claims and records that are withheld
-- question:    Which claims and clinical records tell of care of a class that this build leaves out?
-- grain:       data_source, record_kind, record_id, class
-- why:         Empty unless the build names a class (--withhold, or `withhold` in a policy record).
--     reference.sensitive_class lists the codes of each class; edit it there. A claim is of a class if any of its
--     diagnoses, procedures, services or its DRG is, on any row delivered of it, whatever it was paid for; a fill if
--     its drug is; a clinical record if its code, its value or its reason is (an observation with all its components);
--     and whatever the source itself labels so (system LABEL: the codes of FHIR's meta.security). An encounter is of
--     the class of the records and claims that name it, and a claim of the class of its encounter, so that one side
--     doesn't tell what the other leaves out. What is here is left out as if it had not been delivered: its cost, its
--     visit, its diagnoses, in every table after this one. A total that kept the money without the care would give it
--     away by subtraction. Pages and files say which classes their figures lack.
with sensitive_code as (
    select
        s.class,
        s.system,
        s.code,
        left(s.code, 3) as stem,
        s.is_prefix = 'true' as is_prefix
    from reference.sensitive_class as s
    semi join reference.withheld_class as w on s.class = w.class
),

diagnosis as (
    select m.data_source, m.claim_id, m.encounter_id, m.diagnosis_system as system, unnest(m.diagnosis_codes) as code
    from staging.medical_claim as m
    where len(m.diagnosis_codes) > 0
),

procedure as (
    select m.data_source, m.claim_id, m.encounter_id, 'ICD10PCS' as system, unnest(m.procedure_codes) as code
    from staging.medical_claim as m
    where len(m.procedure_codes) > 0
),

billed as (
    select 'medical_claim' as record_kind, d.data_source, d.claim_id as record_id, d.encounter_id, d.system, d.code
    from diagnosis as d
    union all
    select 'medical_claim', p.data_source, p.claim_id, p.encounter_id, p.system, p.code
    from procedure as p
    union all
    select 'medical_claim', m.data_source, m.claim_id, m.encounter_id, 'MSDRG', m.drg_code
    from staging.medical_claim as m
    where m.drg_code is not null
    union all
    select 'medical_claim', m.data_source, m.claim_id, m.encounter_id, 'HCPCS', m.hcpcs_code
    from staging.medical_claim as m
    where m.hcpcs_code is not null
    union all
    select 'pharmacy_claim', r.data_source, r.claim_id, null, 'NDC', r.ndc_code
    from staging.pharmacy_claim as r
    where r.ndc_code is not null
    union all
    select 'pharmacy_claim', r.data_source, r.claim_id, null, 'RXNORM', r.rxnorm_code
    from staging.pharmacy_claim as r
    where r.rxnorm_code is not null
),

-- One row a code. (Unnesting in the list of columns is many times faster than in a lateral join.)
recorded_list as (
    select
        'encounter' as record_kind, e.data_source, e.encounter_id as record_id, e.encounter_id,
        list_concat(e.type_codes, e.reason_codes) as codes
    from staging.encounter as e
    union all
    select 'condition', c.data_source, c.condition_id, c.encounter_id, c.codes
    from staging.condition as c
    union all
    select 'procedure', p.data_source, p.procedure_id, p.encounter_id, list_concat(p.codes, p.reason_codes)
    from staging.procedure as p
    union all
    select
        'observation', o.data_source, coalesce(o.parent_observation_id, o.observation_id), o.encounter_id,
        list_concat(o.codes, o.value_codes)
    from staging.observation as o
    union all
    select 'medication', m.data_source, m.medication_id, m.encounter_id, list_concat(m.codes, m.reason_codes)
    from staging.medication as m
    union all
    select 'service_request', r.data_source, r.request_id, r.encounter_id, list_concat(r.codes, r.reason_codes)
    from staging.service_request as r
    union all
    select 'allergy', a.data_source, a.allergy_id, null, a.codes
    from staging.allergy as a
    union all
    select 'adverse_event', a.data_source, a.adverse_event_id, null, a.codes
    from staging.adverse_event as a
),

recorded as (
    select l.record_kind, l.data_source, l.record_id, l.encounter_id, unnest(l.codes) as coding
    from recorded_list as l
    where len(l.codes) > 0
),

carried as (
    select b.record_kind, b.data_source, b.record_id, b.encounter_id, b.system, b.code
    from billed as b
    union all
    select r.record_kind, r.data_source, r.record_id, r.encounter_id, r.coding.system, r.coding.code
    from recorded as r
    union all
    select l.record_kind, l.data_source, l.record_id, l.encounter_id, 'LABEL', l.label
    from staging.label as l
),

tagged as (
    select distinct c.record_kind, c.data_source, c.record_id, c.encounter_id, s.class
    from carried as c
    inner join sensitive_code as s
        on
            c.system = s.system
            and left(c.code, 3) = s.stem
            and (c.code = s.code or (s.is_prefix and starts_with(c.code, s.code)))
),

encounter_class as (
    select distinct t.data_source, t.encounter_id, t.class
    from tagged as t
    where t.encounter_id is not null
),

each_record as (
    select t.data_source, t.record_kind, t.record_id, t.class
    from tagged as t
    union all
    select e.data_source, 'encounter' as record_kind, e.encounter_id as record_id, e.class
    from encounter_class as e
    union all
    select m.data_source, 'medical_claim' as record_kind, m.claim_id as record_id, e.class
    from staging.medical_claim as m
    inner join encounter_class as e on m.data_source = e.data_source and m.encounter_id = e.encounter_id
)

select distinct r.data_source, r.record_kind, r.record_id, r.class
from each_record as r
where r.record_id is not null
