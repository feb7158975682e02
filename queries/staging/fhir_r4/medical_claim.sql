-- title:       Medical claim lines from ExplanationOfBenefit
-- grain:       data_source, claim_id, claim_line_number
-- why:         Only adjudicated claims say what was allowed and paid; a Claim resource is a bill and feeds nothing.
--              A line is dated by the encounter it names, since the claim's own period is often a filler of a year.
--              Header amounts that no line carries go on the first line, once.
-- see:         CARIN Blue Button; CMS Blue Button variables
with claim as (
    select
        *,
        list_transform(type_codes, lambda c: lower(c.code)) as types
    from raw.fhir_r4_explanation_of_benefit
    -- Estimates and prior authorisations are no claims; drafts and mistakes never were.
    where coalesce(use, 'claim') = 'claim' and coalesce(status, 'active') not in ('draft', 'entered-in-error')
),

medical as (
    select * from claim
    where not list_has_any(types, ['pharmacy', 'pde'])
),

-- A claim without lines still is one line.
numbered as (
    select
        data_source,
        id,
        unnest(case when len(items) > 0 then items else [null] end) as item,
        generate_subscripts(case when len(items) > 0 then items else [null] end, 1) as position
    from medical
),

line as (
    select
        data_source,
        id,
        position,
        item.codes as codes,
        item.revenue_code as revenue_code,
        item.modifiers as modifiers,
        item.place_code as place_code,
        item.quantity as quantity,
        item.encounter_id as encounter_id,
        item.start_date as start_date,
        item.end_date as end_date,
        coalesce(
            -- the total charge of the line; "submitted" alone may also mean a rate
            list_max(list_transform(list_filter(item.adjudication, lambda a: list_has_any(a.category, [
                'https://bluebutton.cms.gov/resources/variables/line_sbmtd_chrg_amt',
                'https://bluebutton.cms.gov/resources/variables/rev_cntr_tot_chrg_amt'
            ])), lambda a: a.amount_usd)),
            list_max(list_transform(
                list_filter(item.adjudication, lambda a: list_contains(a.category, 'submitted')),
                lambda a: a.amount_usd
            )),
            item.net_usd
        ) as charge,
        list_max(list_transform(list_filter(item.adjudication, lambda a: list_has_any(a.category, [
            'eligible', 'https://bluebutton.cms.gov/resources/variables/line_alowd_chrg_amt'
        ])), lambda a: a.amount_usd)) as allowed,
        coalesce(
            list_max(list_transform(list_filter(item.adjudication, lambda a: list_has_any(a.category, [
                'benefit', 'https://bluebutton.cms.gov/resources/variables/line_nch_pmt_amt',
                'https://bluebutton.cms.gov/resources/variables/rev_cntr_pmt_amt_amt'
            ])), lambda a: a.amount_usd)),
            list_sum(list_transform(list_filter(item.adjudication, lambda a: list_has_any(a.category, [
                'paidtoprovider', 'paidtopatient', 'https://bluebutton.cms.gov/resources/variables/line_prvdr_pmt_amt',
                'https://bluebutton.cms.gov/resources/variables/line_bene_pmt_amt'
            ])), lambda a: a.amount_usd))
        ) as paid
    from numbered
),

-- What the lines leave of the header's amounts.
remainder as (
    select
        claim.data_source,
        claim.id,
        any_value(list_max(list_transform(
            list_filter(claim.totals, lambda a: list_contains(a.category, 'submitted')), lambda a: a.amount_usd
        ))) - coalesce(sum(line.charge), 0) as charge,
        any_value(list_max(list_transform(
            list_filter(claim.totals, lambda a: list_contains(a.category, 'eligible')), lambda a: a.amount_usd
        ))) - coalesce(sum(line.allowed), 0) as allowed,
        any_value(coalesce(list_max(list_transform(
            list_filter(claim.totals, lambda a: list_contains(a.category, 'benefit')), lambda a: a.amount_usd
        )), claim.payment_usd)) - coalesce(sum(line.paid), 0) as paid
    from medical as claim
    join line on line.data_source = claim.data_source and line.id = claim.id
    group by claim.data_source, claim.id
),

encounter as (
    select
        data_source,
        id,
        class_code,
        cast(start_at as date) as start_date,
        cast(end_at as date) as end_date
    from raw.fhir_r4_encounter
),

-- A claim for one encounter: its lines without a reference belong to it too.
visit as (
    select
        data_source,
        id,
        min(encounter_id) as encounter_id
    from line
    where encounter_id is not null
    group by data_source, id
    having count(distinct encounter_id) = 1
),

placed as (
    select
        line.*,
        coalesce(line.encounter_id, visit.encounter_id) as visit_id,
        encounter.class_code,
        encounter.start_date as visit_start_date,
        coalesce(encounter.end_date, encounter.start_date) as visit_end_date,
        -- A line's own dates count when no encounter is known, or when they lie within it.
        (
            encounter.start_date is null
            or coalesce(line.start_date >= encounter.start_date and line.start_date <= encounter.end_date, false)
        ) as has_own_dates
    from line
    left join visit on visit.data_source = line.data_source and visit.id = line.id
    left join encounter
        on
            encounter.data_source = line.data_source
            and encounter.id = coalesce(line.encounter_id, visit.encounter_id)
),

dated as (
    select
        *,
        case when has_own_dates then start_date else visit_start_date end as line_start_date,
        case when has_own_dates then coalesce(end_date, start_date) else visit_end_date end as line_end_date,
        min(coalesce(visit_start_date, start_date)) over claim_lines as first_date,
        max(coalesce(visit_end_date, end_date, start_date)) over claim_lines as last_date
    from placed
    window claim_lines as (partition by data_source, id)
),

diagnosis as (
    select
        listed.data_source,
        listed.id,
        -- principal first, then in the order of the claim
        list_transform(
            list_sort(list({ 'rank': listed.rank, 'sequence': listed.sequence, 'code': listed.code })),
            lambda item: item.code
        ) as codes,
        min_by(listed.system, listed.rank * 1000 + listed.sequence) as system
    from (
        select
            found.data_source,
            found.id,
            coalesce(found.diagnosis.codes[1].code, condition.codes[1].code) as code,
            coalesce(found.diagnosis.codes[1].system, condition.codes[1].system) as system,
            case when list_contains(found.diagnosis.types, 'principal') then 0 else 1 end as rank,
            coalesce(found.diagnosis.sequence, 999) as sequence
        from (select data_source, id, unnest(diagnoses) as diagnosis from medical) as found
        left join raw.fhir_r4_condition as condition
            on condition.data_source = found.data_source and condition.id = found.diagnosis.condition_id
    ) as listed
    where listed.code is not null
    group by listed.data_source, listed.id
),

stay as (
    select
        data_source,
        id,
        list_filter(supporting_info, lambda s: list_contains(s.categories, 'admissionperiod'))[1] as admission,
        list_filter(supporting_info, lambda s: list_contains(s.categories, 'typeofbill') and length(s.code) >= 3)[
            1
        ].code
            as bill_type,
        list_filter(supporting_info, lambda s: list_contains(s.categories, 'drg'))[1].code as drg_info,
        list_filter(supporting_info, lambda s: list_has_any(s.categories, [
            'pointoforigin', 'https://bluebutton.cms.gov/resources/variables/clm_src_ip_admsn_cd'
        ]))[1].code as origin,
        list_filter(supporting_info, lambda s: list_has_any(s.categories, [
            'discharge-status', 'https://bluebutton.cms.gov/resources/variables/ptnt_dschrg_stus_cd'
        ]))[1].code as disposition,
        list_filter(supporting_info, lambda s: list_contains(s.categories, 'clmrecvddate'))[1].start_date as received,
        list_filter(care_team, lambda t: t.role in ('rendering', 'performing', 'primary', 'attending'))[1].provider_id
            as rendering
    from medical
),

final as (
    select
        claim.data_source,
        claim.patient_id as source_person_id,
        claim.id as claim_id,
        cast(dated.position as integer) as claim_line_number,
        case
            when list_contains(claim.types, 'professional') then 'professional'
            when list_contains(claim.types, 'institutional') then 'institutional'
            when list_contains(claim.types, 'oral') then 'dental'
            when list_contains(claim.types, 'vision') then 'vision'
            when list_has_any(claim.types, ['carrier', 'dme']) then 'professional'
            when list_has_any(claim.types, ['inpatient', 'outpatient', 'snf', 'hha', 'hospice']) then 'institutional'
            else 'other'
        end as claim_type,
        dated.visit_id as encounter_id,
        coverage.subscriber_id as member_id,
        coalesce(insurer.name, coverage.payor_name, claim.contained_payer) as payer,
        coverage.plan,
        coalesce(dated.first_date, claim.start_date) as claim_start_date,
        coalesce(dated.last_date, dated.first_date, claim.end_date) as claim_end_date,
        coalesce(dated.line_start_date, dated.first_date, claim.start_date) as claim_line_start_date,
        coalesce(dated.line_end_date, dated.last_date, dated.first_date, claim.end_date) as claim_line_end_date,
        coalesce(
            stay.admission.start_date,
            case when upper(dated.class_code) in ('IMP', 'ACUTE', 'NONAC') then dated.visit_start_date end
        ) as admission_date,
        coalesce(
            stay.admission.end_date,
            case when upper(dated.class_code) in ('IMP', 'ACUTE', 'NONAC') then dated.visit_end_date end
        ) as discharge_date,
        stay.origin as admit_source_code,
        lpad(stay.disposition, 2, '0') as discharge_disposition_code,
        case when dated.place_code similar to '[0-9]{1,2}' then lpad(dated.place_code, 2, '0') end
            as place_of_service_code,
        right(stay.bill_type, 3) as bill_type_code,
        coalesce(
            stay.drg_info, list_filter(claim.diagnoses, lambda g: g.drg_code is not null)[1].drg_code
        ) as drg_code,
        dated.revenue_code as revenue_center_code,
        list_filter(dated.codes, lambda c: c.system in ('HCPCS', 'CPT'))[1].code as hcpcs_code,
        coalesce(dated.modifiers, []) as hcpcs_modifiers,
        dated.quantity as service_unit_quantity,
        case when starts_with(stay.rendering, '?') then split_part(stay.rendering, '|', 2) else stay.rendering end
            as rendering_id,
        claim.provider_id as billing_id,
        claim.facility_id,
        claim.payment_date as paid_date,
        cast(coalesce(dated.paid, case
            when dated.position = 1 and remainder.paid > 0.005 then remainder.paid
        end) as decimal(12, 2)) as paid_usd,
        cast(coalesce(dated.allowed, case
            when dated.position = 1 and remainder.allowed > 0.005 then remainder.allowed
        end) as decimal(12, 2)) as allowed_usd,
        cast(coalesce(dated.charge, case
            when dated.position = 1 and remainder.charge > 0.005 then remainder.charge
        end) as decimal(12, 2)) as charge_usd,
        coalesce(diagnosis.codes, []) as diagnosis_codes,
        diagnosis.system as diagnosis_system,
        list_filter(
            list_transform(claim.procedures, lambda p: p.codes[1].code), lambda c: c is not null
        ) as procedure_codes,
        case
            when claim.status = 'cancelled' then 'cancelled'
            when claim.outcome = 'error' then 'denied'
            else 'active'
        end as status,
        case
            when claim.status = 'cancelled' then 'reversal'
            when claim.related_claim_id is not null then 'adjustment'
        end as adjustment_type
    from medical as claim
    join dated on dated.data_source = claim.data_source and dated.id = claim.id
    join remainder on remainder.data_source = claim.data_source and remainder.id = claim.id
    join stay on stay.data_source = claim.data_source and stay.id = claim.id
    left join diagnosis on diagnosis.data_source = claim.data_source and diagnosis.id = claim.id
    left join raw.fhir_r4_coverage as coverage
        on coverage.data_source = claim.data_source and coverage.id = claim.coverage_id
    left join raw.fhir_r4_organization as insurer
        on insurer.data_source = claim.data_source and insurer.id = coalesce(claim.insurer_id, coverage.payor_id)
)

select * from final
