-- title:       Coded events and the value sets they belong to
-- question:    Which coded events does each person have, what does each code mean to a measure, and when did it hold?
-- grain:       event_kind, person_id, event_id, valueset, system, code
-- valuesets:   Encounter Inpatient; SNOMEDCT|428361000124107; SNOMEDCT|428371000124100
-- why:         Codes meet value sets here, once: blocks and measures read the names of value sets, never codes. Rules:
--     (1) An event has one row for each of its codes and each value set that holds the code, so count distinct
--     event_id and not rows. A single code that a specification names is a value set called SYSTEM|code. The lists
--     ending in _in name the value sets of an event's other codes: its value, its reason, its body site, where the
--     person went on discharge, and the reason for its status.
--     (2) is_valid says that the status lets the event count. An encounter is finished; a procedure or vaccination
--     completed; an observation final, amended or corrected; a diagnosis neither refuted nor entered in error. An order
--     is active or completed, is an order rather than a plan or proposal, and isn't an order not to do something.
--     (3) start_at to end_at is the time an event held. A period without an end still runs, which is written as the
--     year 9999. A diagnosis runs from its onset (without one: the year 1) to its abatement; without that it still runs
--     if it is active, recurring or relapsed, and otherwise its end is unknown: null, which no comparison meets. An
--     order is the moment it was written; an order of a medicine runs over the days supplied.
--     (4) A billed service counts as encounter and as procedure, since its code can stand for either; a billed device
--     (HCPCS E and K) counts as the order of it. A billed diagnosis is an encounter diagnosis that held on the days of
--     the claim and says nothing of other days. A hospital claim of bill type 11 is an inpatient encounter; its
--     discharge codes 50 and 51 mean hospice at home and in a facility. What was denied is left out.
with valueset as (
    select distinct
        v.name as valueset,
        v.system,
        v.code
    from reference.valueset as v
),

encounter as (
    select
        'encounter' as event_kind,
        e.person_id,
        e.encounter_id as event_id,
        e.encounter_id,
        e.type_codes as codes,
        e.status,
        e.status = 'finished' as is_valid,
        cast(null as varchar[]) as category,
        cast(null as double) as value_number,
        cast(null as varchar) as value_unit,
        cast(null as boolean) as has_value,
        e.start_at,
        case when e.start_at is not null then coalesce(e.end_at, timestamp '9999-12-31') else e.end_at end as end_at,
        e.start_at as recorded_at
    from core.encounter as e
),

condition as (
    select
        'condition' as event_kind,
        c.person_id,
        c.condition_id as event_id,
        c.encounter_id,
        c.codes,
        c.clinical_status as status,
        coalesce(
            c.verification_status in ('confirmed', 'unconfirmed', 'provisional', 'differential'), true
        ) as is_valid,
        c.category,
        null as value_number,
        null as value_unit,
        null as has_value,
        coalesce(c.onset_start_at, timestamp '0001-01-01') as start_at,
        case
            when c.abatement_end_at is not null then c.abatement_end_at
            when c.clinical_status in ('active', 'recurrence', 'relapse') then timestamp '9999-12-31'
        end as end_at,
        c.recorded_at
    from core.condition as c
),

procedure as (
    select
        'procedure' as event_kind,
        p.person_id,
        p.procedure_id as event_id,
        p.encounter_id,
        p.codes,
        p.status,
        p.status = 'completed' as is_valid,
        null as category,
        null as value_number,
        null as value_unit,
        null as has_value,
        p.performed_start_at as start_at,
        case
            when p.performed_start_at is not null then coalesce(p.performed_end_at, timestamp '9999-12-31')
            else p.performed_end_at
        end as end_at,
        p.performed_start_at as recorded_at
    from core.procedure as p
),

-- A component (the systolic part of a blood pressure) is no result of its own: it is kept apart by its kind.
observation as (
    select
        case when o.parent_observation_id is null then 'observation' else 'observation_component' end as event_kind,
        o.person_id,
        o.observation_id as event_id,
        o.encounter_id,
        o.codes,
        o.status,
        o.status in ('final', 'amended', 'corrected') as is_valid,
        o.category,
        o.value_number,
        o.value_unit,
        o.has_value,
        o.effective_start_at as start_at,
        case
            when o.effective_start_at is not null then coalesce(o.effective_end_at, timestamp '9999-12-31')
            else o.effective_end_at
        end as end_at,
        o.issued_at as recorded_at
    from core.observation as o
),

-- Days supplied: as stated, else quantity over dose times doses a day; refills multiply an order. Where no days can be
-- told, the bounds of the dosage are the supply; with neither the end is unknown.
medication_supply as (
    select
        m.*,
        coalesce(m.days_supply, m.quantity / nullif(m.dose_quantity * m.doses_per_day, 0))
        * case when m.event_type = 'request' then 1 + coalesce(m.refills, 0) else 1 end as supply_days,
        cast(coalesce(m.period_start_at, m.authored_at, m.validity_start_at) as date) as supply_start_date
    from core.medication as m
),

medication as (
    select
        'medication_' || m.event_type as event_kind,
        m.person_id,
        m.medication_id as event_id,
        m.encounter_id,
        m.codes,
        m.status,
        m.status in ('active', 'completed')
        and (
            m.event_type <> 'request'
            or m.intent in ('order', 'original-order', 'reflex-order', 'filler-order', 'instance-order')
        )
        and not coalesce(m.do_not_perform, false) as is_valid,
        m.category,
        m.dose_quantity as value_number,
        m.dose_unit as value_unit,
        null as has_value,
        cast(m.supply_start_date as timestamp) as start_at,
        cast(
            case
                when m.supply_days >= 1 then m.supply_start_date + (cast(floor(m.supply_days) as integer) - 1)
                when m.supply_days is null then cast(m.period_end_at as date)
            end as timestamp
        ) as end_at,
        m.authored_at as recorded_at
    from medication_supply as m
),

immunization as (
    select
        'immunization' as event_kind,
        i.person_id,
        i.immunization_id as event_id,
        i.encounter_id,
        i.codes,
        i.status,
        i.status = 'completed' as is_valid,
        null as category,
        null as value_number,
        null as value_unit,
        null as has_value,
        i.occurrence_at as start_at,
        i.occurrence_at as end_at,
        i.recorded_at
    from core.immunization as i
),

request as (
    select
        r.request_type || '_request' as event_kind,
        r.person_id,
        r.request_id as event_id,
        r.encounter_id,
        r.codes,
        r.status,
        r.status in ('active', 'completed')
        and r.intent in ('order', 'original-order', 'reflex-order', 'filler-order', 'instance-order')
        and not coalesce(r.do_not_perform, false) as is_valid,
        null as category,
        null as value_number,
        null as value_unit,
        null as has_value,
        r.authored_at as start_at,
        r.authored_at as end_at,
        r.authored_at as recorded_at
    from core.service_request as r
),

allergy as (
    select
        'allergy' as event_kind,
        a.person_id,
        a.allergy_id as event_id,
        null as encounter_id,
        a.codes,
        a.clinical_status as status,
        coalesce(a.verification_status in ('confirmed', 'unconfirmed', 'presumed'), true) as is_valid,
        null as category,
        null as value_number,
        null as value_unit,
        null as has_value,
        coalesce(a.onset_start_at, timestamp '0001-01-01') as start_at,
        case when a.clinical_status = 'active' then timestamp '9999-12-31' end as end_at,
        a.recorded_at
    from core.allergy as a
),

adverse_event as (
    select
        'adverse_event' as event_kind,
        a.person_id,
        a.adverse_event_id as event_id,
        null as encounter_id,
        a.codes,
        a.actuality as status,
        a.actuality = 'actual' as is_valid,
        null as category,
        null as value_number,
        null as value_unit,
        null as has_value,
        a.occurred_at as start_at,
        a.occurred_at as end_at,
        a.occurred_at as recorded_at
    from core.adverse_event as a
),

occurrence as (
    select * from encounter
    union all
    select * from condition
    union all
    select * from procedure
    union all
    select * from observation
    union all
    select * from medication
    union all
    select * from immunization
    union all
    select * from request
    union all
    select * from allergy
    union all
    select * from adverse_event
),

-- One row a code. (Unnesting in the list of columns is many times faster here than in a lateral join.)
coded as (
    select
        o.* exclude (codes),
        unnest(case when len(o.codes) > 1 then list_distinct(o.codes) else o.codes end) as coding
    from occurrence as o
),

clinical_event as (
    select
        c.* exclude (coding),
        v.valueset,
        v.system,
        v.code
    from coded as c
    inner join valueset as v
        on
            c.coding.system = v.system
            and c.coding.code = v.code
),

-- Codes of CPT and HCPCS level II share the claim's field and never collide.
service_code as (
    select
        v.valueset,
        v.system,
        v.code,
        v.system = 'HCPCS' and left(v.code, 1) in ('E', 'K') as is_device
    from valueset as v
    where v.system in ('CPT', 'HCPCS', 'CDT')
),

claim_service as (
    select
        l.person_id,
        l.claim_id || '#' || l.claim_line_number as event_id,
        v.valueset,
        v.system,
        v.code,
        v.is_device,
        l.service_start_date as start_date,
        coalesce(l.service_end_date, l.service_start_date) as end_date
    from core.claim_line as l
    inner join service_code as v on l.hcpcs_code = v.code
    where not l.is_denied
),

claim_code as (
    select
        c.person_id,
        c.claim_id as event_id,
        c.claim_start_date as start_date,
        coalesce(c.claim_end_date, c.claim_start_date) as end_date,
        'condition' as event_kind,
        c.diagnosis_system as system,
        unnest(c.diagnosis_codes) as code
    from core.claim as c
    where not c.is_denied
    union all
    select
        c.person_id,
        c.claim_id as event_id,
        c.claim_start_date as start_date,
        coalesce(c.claim_end_date, c.claim_start_date) as end_date,
        'procedure' as event_kind,
        'ICD10PCS' as system,
        unnest(c.procedure_codes) as code
    from core.claim as c
    where not c.is_denied
),

-- A claim may carry a code twice.
claim_match as (
    select distinct
        c.event_kind,
        c.person_id,
        c.event_id,
        v.valueset,
        v.system,
        v.code,
        c.start_date,
        c.end_date
    from claim_code as c
    inner join valueset as v
        on
            c.system = v.system
            and c.code = v.code
),

claim_event as (
    select
        kind.event_kind,
        s.person_id,
        s.event_id,
        s.valueset,
        s.system,
        s.code,
        s.start_date,
        s.end_date,
        cast(null as varchar[]) as category,
        cast(null as varchar[]) as disposition_in,
        'finished' as status
    from claim_service as s
    inner join
        (values ('encounter', false), ('procedure', false), ('device_request', true)) as kind (event_kind, is_device)
        on s.is_device = kind.is_device
    union all
    select
        m.*,
        case when m.event_kind = 'condition' then ['encounter-diagnosis'] end as category,
        null as disposition_in,
        case when m.event_kind = 'condition' then 'active' else 'completed' end as status
    from claim_match as m
    union all
    select
        'encounter' as event_kind,
        c.person_id,
        c.claim_id as event_id,
        'Encounter Inpatient' as valueset,
        'bill type' as system,
        c.bill_type_code as code,
        coalesce(c.admission_date, c.claim_start_date) as start_date,
        coalesce(c.discharge_date, c.claim_end_date, c.claim_start_date) as end_date,
        null as category,
        case c.discharge_disposition_code
            when '50' then ['SNOMEDCT|428361000124107']
            when '51' then ['SNOMEDCT|428371000124100']
        end as disposition_in,
        'finished' as status
    from core.claim as c
    where not c.is_denied and c.bill_type_code like '11%'
),

-- The other codes of an event: what was found, why, where, and what followed.
other_code as (
    select 'encounter' as event_kind, person_id, encounter_id as event_id, 'reason' as part, reason_codes as codes
    from core.encounter
    union all
    select 'encounter', person_id, encounter_id, 'disposition', discharge_disposition_codes
    from core.encounter
    union all
    select 'condition', person_id, condition_id, 'site', body_site_codes
    from core.condition
    union all
    select 'procedure', person_id, procedure_id, 'reason', reason_codes
    from core.procedure
    union all
    select 'procedure', person_id, procedure_id, 'site', body_site_codes
    from core.procedure
    union all
    select 'procedure', person_id, procedure_id, 'status_reason', status_reason_codes
    from core.procedure
    union all
    select 'observation', person_id, observation_id, 'value', value_codes
    from core.observation
    union all
    select 'observation', person_id, observation_id, 'site', body_site_codes
    from core.observation
    union all
    select 'observation', person_id, observation_id, 'status_reason', status_reason_codes
    from core.observation
    union all
    select 'medication_' || event_type, person_id, medication_id, 'reason', reason_codes
    from core.medication
    union all
    select 'medication_' || event_type, person_id, medication_id, 'status_reason', status_reason_codes
    from core.medication
    union all
    select 'immunization', person_id, immunization_id, 'status_reason', status_reason_codes
    from core.immunization
    union all
    select request_type || '_request', person_id, request_id, 'reason', reason_codes
    from core.service_request
    union all
    select request_type || '_request', person_id, request_id, 'status_reason', status_reason_codes
    from core.service_request
),

each_other_code as (
    select
        o.event_kind,
        o.person_id,
        o.event_id,
        o.part,
        unnest(o.codes) as coding
    from other_code as o
),

other_valueset as (
    select
        o.event_kind,
        o.person_id,
        o.event_id,
        list(distinct v.valueset) filter (where o.part = 'value') as value_in,
        list(distinct v.valueset) filter (where o.part = 'reason') as reason_in,
        list(distinct v.valueset) filter (where o.part = 'site') as site_in,
        list(distinct v.valueset) filter (where o.part = 'disposition') as disposition_in,
        list(distinct v.valueset) filter (where o.part = 'status_reason') as status_reason_in
    from each_other_code as o
    inner join valueset as v
        on
            o.coding.system = v.system
            and o.coding.code = v.code
    group by o.event_kind, o.person_id, o.event_id
)

select
    e.event_kind,
    e.person_id,
    e.event_id,
    e.encounter_id,
    e.valueset,
    e.system,
    e.code,
    'clinical' as source,
    e.status,
    coalesce(e.is_valid, false) as is_valid,
    e.category,
    other.value_in,
    other.reason_in,
    other.site_in,
    other.disposition_in,
    other.status_reason_in,
    e.value_number,
    e.value_unit,
    e.has_value,
    cast(e.start_at as date) as start_date,
    cast(e.end_at as date) as end_date,
    e.start_at,
    e.end_at,
    e.recorded_at
from clinical_event as e
left join other_valueset as other
    on
        e.event_kind = other.event_kind
        and e.person_id = other.person_id
        and e.event_id = other.event_id
union all
select
    c.event_kind,
    c.person_id,
    c.event_id,
    null as encounter_id,
    c.valueset,
    c.system,
    c.code,
    'claim' as source,
    c.status,
    true as is_valid,
    c.category,
    null as value_in,
    null as reason_in,
    null as site_in,
    c.disposition_in,
    null as status_reason_in,
    null as value_number,
    null as value_unit,
    null as has_value,
    c.start_date,
    c.end_date,
    cast(c.start_date as timestamp) as start_at,
    cast(c.end_date as timestamp) as end_at,
    cast(c.start_date as timestamp) as recorded_at
from claim_event as c
