-- title:       Pharmacy claim lines from ExplanationOfBenefit
-- grain:       data_source, claim_id, claim_line_number
-- why:         Only adjudicated pharmacy claims; orders and dispenses are medications.
-- see:         CARIN Blue Button, EOB Pharmacy profile
with claim as (
    select
        *,
        list_transform(type_codes, lambda c: lower(c.code)) as types,
        list_filter(supporting_info, lambda s: list_contains(s.categories, 'dayssupply'))[1].quantity as days_supply,
        list_filter(supporting_info, lambda s: list_has_any(s.categories, ['refillnum', 'refillsauthorized']))[
            1
        ].quantity
            as refills,
        list_filter(care_team, lambda t: t.role in ('prescribing', 'primary'))[1].provider_id as prescriber
    from raw.fhir_r4_explanation_of_benefit
    where
        coalesce(use, 'claim') = 'claim'
        and coalesce(status, 'active') not in ('draft', 'entered-in-error', 'cancelled')
),

line as (
    select
        claim.* exclude (items),
        unnest(items) as item,
        generate_subscripts(items, 1) as position
    from claim
    where list_has_any(types, ['pharmacy', 'pde'])
),

final as (
    select
        line.data_source,
        line.patient_id as source_person_id,
        line.id as claim_id,
        cast(line.position as integer) as claim_line_number,
        coverage.subscriber_id as member_id,
        coalesce(insurer.name, coverage.payor_name, line.contained_payer) as payer,
        coverage.plan,
        coalesce(line.item.start_date, line.start_date) as dispensing_date,
        replace(list_filter(line.item.codes, lambda c: c.system = 'NDC')[1].code, '-', '') as ndc_code,
        list_filter(line.item.codes, lambda c: c.system = 'RXNORM')[1].code as rxnorm_code,
        line.item.quantity as quantity,
        cast(line.days_supply as integer) as days_supply,
        cast(line.refills as integer) as refills,
        line.payment_date as paid_date,
        cast(coalesce(
            list_max(list_transform(
                list_filter(line.item.adjudication, lambda a: list_contains(a.category, 'benefit')),
                lambda a: a.amount_usd
            )),
            list_sum(list_transform(
                list_filter(
                    line.item.adjudication, lambda a: list_has_any(a.category, ['paidtoprovider', 'paidtopatient'])
                ),
                lambda a: a.amount_usd
            )),
            case when line.position = 1 then line.payment_usd end
        ) as decimal(12, 2)) as paid_usd,
        cast(list_max(list_transform(
            list_filter(line.item.adjudication, lambda a: list_contains(a.category, 'eligible')), lambda a: a.amount_usd
        )) as decimal(12, 2)) as allowed_usd,
        cast(coalesce(
            list_max(list_transform(
                list_filter(line.item.adjudication, lambda a: list_contains(a.category, 'submitted')),
                lambda a: a.amount_usd
            )),
            line.item.net_usd
        ) as decimal(12, 2)) as charge_usd,
        case when starts_with(line.prescriber, '?') then split_part(line.prescriber, '|', 2) else line.prescriber end
            as prescriber_id
    from line
    left join raw.fhir_r4_coverage as coverage
        on coverage.data_source = line.data_source and coverage.id = line.coverage_id
    left join raw.fhir_r4_organization as insurer
        on insurer.data_source = line.data_source and insurer.id = coalesce(line.insurer_id, coverage.payor_id)
)

select * from final
