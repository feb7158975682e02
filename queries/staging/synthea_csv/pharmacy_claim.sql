-- title:       Pharmacy claim lines in Synthea's CSV files
-- grain:       data_source, claim_id, claim_line_number
-- why:         Synthea bills a drug by a claim of its own in the encounter that ordered it: a line whose code is that
--     of a drug ordered for the person in the same encounter. Its money is settled as on medical claims (see
--     medical_claim.sql), and those lines are left out there, so each cost counts once. TOTALCOST in medications.csv
--     is the cost of one hand-over times DISPENSES, of which one is billed: what no claim bills isn't counted. How
--     much was handed over, and for how many days, isn't written. The day is that of the order.
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
        max(e.providerid) as provider,
        count(*) filter (where e.kind = 'PAYMENT') as payments,
        sum(e.amount) filter (where e.kind = 'CHARGE') as charge_usd,
        sum(e.payments) filter (where e.kind = 'PAYMENT' and upper(e.method) = 'ECHECK') as insurer_usd,
        sum(e.adjustments) as adjusted_usd,
        cast(min(e.fromdate) as date) as start_date
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
        c.providerid as claim_provider,
        c.status1 = 'BILLED' as is_billed,
        c.appointmentid as encounter_id,
        cast(c.servicedate as date) as service_date,
        p.name as payer,
        coalesce(l.owed_by in ('1', '2'), p.id is not null) as is_insured
    from line as l
    left join raw.synthea_csv_claims as c on l.data_source = c.data_source and l.claim_id = c.id
    left join payer as p on c.data_source = p.data_source and c.primarypatientinsuranceid = p.id
)

select
    k.data_source,
    k.person_id as source_person_id,
    k.claim_id,
    k.line_number as claim_line_number,
    cast(null as varchar) as member_id,
    k.payer,
    cast(null as varchar) as plan,
    coalesce(k.start_date, k.service_date) as dispensing_date,
    cast(null as varchar) as ndc_code,
    k.code as rxnorm_code,
    cast(null as double) as quantity,
    cast(null as integer) as days_supply,
    cast(null as integer) as refills,
    cast(null as date) as paid_date,
    cast(case
        when k.insurer_usd is not null then k.insurer_usd
        when not k.is_insured or k.payments > 0 or not coalesce(k.is_billed, true) then 0
    end as decimal(12, 2)) as paid_usd,
    cast(case when k.is_insured then k.charge_usd - coalesce(k.adjusted_usd, 0) end as decimal(12, 2)) as allowed_usd,
    cast(k.charge_usd as decimal(12, 2)) as charge_usd,
    coalesce(k.provider, k.claim_provider) as prescriber_id
from known as k
semi join drug as d
    on k.data_source = d.data_source and k.person_id = d.patient and k.encounter_id = d.encounter and k.code = d.code
