-- title:       Security labels in FHIR
-- grain:       data_source, record_kind, record_id, label
-- why:         What a source itself says of a record's sensitivity: meta.security, by its codes alone. Whether a label
--              names a sensitive class is in reference.sensitive_class, system LABEL.
with labelled as (
    select x.data_source, 'encounter' as record_kind, x.id as record_id, x.id as encounter_id, x.security
    from raw.fhir_r4_encounter as x
    union all
    select x.data_source, 'condition' as record_kind, x.id as record_id, x.encounter_id, x.security
    from raw.fhir_r4_condition as x
    union all
    select x.data_source, 'procedure' as record_kind, x.id as record_id, x.encounter_id, x.security
    from raw.fhir_r4_procedure as x
    union all
    select x.data_source, 'observation' as record_kind, x.id as record_id, x.encounter_id, x.security
    from raw.fhir_r4_observation as x
    union all
    select x.data_source, 'medication' as record_kind, x.id as record_id, x.encounter_id, x.security
    from raw.fhir_r4_medication_request as x
    union all
    select x.data_source, 'medication' as record_kind, x.id as record_id, x.encounter_id, x.security
    from raw.fhir_r4_medication_administration as x
    union all
    select x.data_source, 'medication' as record_kind, x.id as record_id, x.encounter_id, x.security
    from raw.fhir_r4_medication_dispense as x
    union all
    select x.data_source, 'medication' as record_kind, x.id as record_id, x.encounter_id, x.security
    from raw.fhir_r4_medication_statement as x
    union all
    select x.data_source, 'service_request' as record_kind, x.id as record_id, x.encounter_id, x.security
    from raw.fhir_r4_service_request as x
    union all
    select x.data_source, 'service_request' as record_kind, x.id as record_id, x.encounter_id, x.security
    from raw.fhir_r4_device_request as x
    union all
    select x.data_source, 'allergy' as record_kind, x.id as record_id, null as encounter_id, x.security
    from raw.fhir_r4_allergy_intolerance as x
    union all
    select x.data_source, 'adverse_event' as record_kind, x.id as record_id, null as encounter_id, x.security
    from raw.fhir_r4_adverse_event as x
    union all
    select
        x.data_source,
        case
            when list_has_any(list_transform(x.type_codes, lambda c: lower(c.code)), ['pharmacy', 'pde'])
                then 'pharmacy_claim'
            else 'medical_claim'
        end as record_kind,
        x.id as record_id,
        null as encounter_id,
        x.security
    from raw.fhir_r4_explanation_of_benefit as x
)

select
    l.data_source,
    l.record_kind,
    l.record_id,
    l.encounter_id,
    unnest(list_distinct(l.security)) as label
from labelled as l
where len(l.security) > 0
