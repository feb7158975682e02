-- title:       Medical claim lines in Synthea's CSV files
-- grain:       data_source, claim_id, claim_line_number
-- why:         claims_transactions is a ledger: only CHARGE rows are services. Ordered by CHARGEID, each charge
--     begins a line, and the payments, adjustments and transfers up to the next charge are about it; transfers move a
--     balance from one debtor to the next and add nothing. Paid is what insurers paid: payments by ECHECK, whichever
--     insurer; copays and payments in cash, by check or card are the person's. Nothing is known to be paid on a claim
--     that is still BILLED. Allowed is the charge less adjustments where there is an insurer; where there is none
--     nobody allowed anything, and nobody paid. Money without a charge keeps a line numbered 0, so that no payment is
--     lost. A line whose code is a drug ordered in the same encounter is a pharmacy claim. Codes are SNOMED CT:
--     diagnoses say so, and procedures aren't put where HCPCS belongs. The place of service is an organisation; the
--     CMS code follows from the encounter's class where the class has one meaning.
with payer as (
    select p.data_source, p.id, p.name
    from raw.synthea_csv_payers as p
    where upper(p.name) <> 'NO_INSURANCE'
),

entry as (
    select
        t.*,
        upper(t.type) as kind,
        sum(case when upper(t.type) = 'CHARGE' then 1 else 0 end) over (
            partition by t.data_source, t.claimid
            order by t.chargeid, case when upper(t.type) = 'CHARGE' then 0 else 1 end, t.id
            rows unbounded preceding
        ) as line_number
    from raw.synthea_csv_claims_transactions as t
),

line as (
    select
        e.data_source,
        e.claimid as claim_id,
        cast(e.line_number as integer) as line_number,
        min(e.patientid) as person_id,
        coalesce(max(e.procedurecode) filter (where e.kind = 'CHARGE'), max(e.procedurecode)) as code,
        max(lower(e.transfertype)) filter (where e.kind = 'CHARGE') as owed_by,
        max(e.units) filter (where e.kind = 'CHARGE') as units,
        max(e.placeofservice) as place,
        max(e.providerid) as provider,
        count(*) filter (where e.kind = 'PAYMENT') as payments,
        sum(e.amount) filter (where e.kind = 'CHARGE') as charge_usd,
        sum(e.payments) filter (where e.kind = 'PAYMENT' and upper(e.method) = 'ECHECK') as insurer_usd,
        sum(e.adjustments) as adjusted_usd,
        cast(min(e.fromdate) as date) as start_date,
        cast(max(e.todate) as date) as end_date
    from entry as e
    group by e.data_source, e.claimid, e.line_number
),

drug as (
    select distinct m.data_source, m.patient, m.encounter, m.code
    from raw.synthea_csv_medications as m
),

known as (
    select
        l.*,
        c.appointmentid as encounter_id,
        c.providerid as claim_provider,

        c.healthcareclaimtypeid1 as claim_kind,
        c.status1 = 'BILLED' as is_billed,
        p.name as payer,
        coalesce(l.owed_by in ('1', '2'), p.id is not null) as is_insured,
        lower(v.encounterclass) as class,
        cast(v.start as date) as visit_start_date,
        cast(v.stop as date) as visit_end_date,
        list_filter([
            c.diagnosis1, c.diagnosis2, c.diagnosis3, c.diagnosis4, c.diagnosis5, c.diagnosis6, c.diagnosis7,
            c.diagnosis8
        ], lambda d: d is not null) as diagnoses,
        coalesce(cast(c.servicedate as date), min(l.start_date) over claim) as claim_start_date,
        greatest(max(l.start_date) over claim, max(l.end_date) over claim) as claim_end_date
    from line as l
    left join raw.synthea_csv_claims as c on l.data_source = c.data_source and l.claim_id = c.id
    left join raw.synthea_csv_encounters as v on c.data_source = v.data_source and c.appointmentid = v.id
    left join payer as p on c.data_source = p.data_source and c.primarypatientinsuranceid = p.id
    window claim as (partition by l.data_source, l.claim_id)
)

select
    k.data_source,
    k.person_id as source_person_id,
    k.claim_id,
    k.line_number as claim_line_number,
    case k.claim_kind when '1' then 'professional' when '2' then 'institutional' else 'other' end as claim_type,
    k.encounter_id,
    cast(null as varchar) as member_id,
    k.payer,
    cast(null as varchar) as plan,
    k.claim_start_date,
    greatest(k.claim_end_date, k.claim_start_date) as claim_end_date,
    coalesce(k.start_date, k.claim_start_date) as claim_line_start_date,
    greatest(k.end_date, coalesce(k.start_date, k.claim_start_date)) as claim_line_end_date,
    case when k.class = 'inpatient' then k.visit_start_date end as admission_date,
    case when k.class = 'inpatient' then k.visit_end_date end as discharge_date,
    cast(null as varchar) as admit_source_code,
    cast(null as varchar) as discharge_disposition_code,
    case k.class
        when 'emergency' then '23'
        when 'inpatient' then '21'
        when 'urgentcare' then '20'
        when 'wellness' then '11'
        when 'virtual' then '10'
        when 'home' then '12'
        when 'snf' then '31'
        when 'hospice' then '34'
    end as place_of_service_code,
    cast(null as varchar) as bill_type_code,
    cast(null as varchar) as drg_code,
    cast(null as varchar) as revenue_center_code,
    cast(null as varchar) as hcpcs_code,
    [] as hcpcs_modifiers,
    k.units as service_unit_quantity,
    coalesce(k.provider, k.claim_provider) as rendering_id,
    cast(null as varchar) as billing_id,
    k.place as facility_id,
    cast(null as date) as paid_date,
    cast(case
        when k.insurer_usd is not null then k.insurer_usd
        when not k.is_insured or k.payments > 0 or not coalesce(k.is_billed, true) then 0
    end as decimal(12, 2)) as paid_usd,
    cast(case when k.is_insured then k.charge_usd - coalesce(k.adjusted_usd, 0) end as decimal(12, 2)) as allowed_usd,
    cast(k.charge_usd as decimal(12, 2)) as charge_usd,
    k.diagnoses as diagnosis_codes,
    case when len(k.diagnoses) > 0 then 'SNOMEDCT' end as diagnosis_system,
    [] as procedure_codes,
    'active' as status,
    cast(null as varchar) as adjustment_type
from known as k
anti join drug as d
    on k.data_source = d.data_source and k.person_id = d.patient and k.encounter_id = d.encounter and k.code = d.code
