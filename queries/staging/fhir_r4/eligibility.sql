-- title:       Enrolment from Coverage
-- grain:       data_source, source_person_id, member_id, payer, payer_type, plan, start_date, end_date,
--              covers_medical, covers_pharmacy
-- why:         Only a Coverage that says when it began is enrolment. One without a period, or one that lies inside a
--              claim, names a payer and gives no span: none is invented.
-- see:         NUBC source of payment typology (SOPT)
with coverage as (
    select *
    from raw.fhir_r4_coverage
    where start_date is not null and coalesce(status, 'active') not in ('entered-in-error', 'draft')
),

payer as (
    select
        data_source,
        id,
        name
    from raw.fhir_r4_organization
),

typed as (
    select
        coverage.*,
        coalesce(payer.name, coverage.payor_name) as payer,
        lower(coalesce(
            list_filter(coverage.type_codes, lambda c: c.system in (
                'https://nahdo.org/sopt', 'urn:oid:2.16.840.1.113883.3.221.5', 'http://www.nubc.org/sopt',
                'https://www.nubc.org/CodeSystem/SourceOfPayment'
            ))[1].code,
            coverage.type_codes[1].code
        )) as type_code,
        lower(coalesce(payer.name, coverage.payor_name, '')) as payer_text
    from coverage
    left join payer on payer.data_source = coverage.data_source and payer.id = coverage.payor_id
),

final as (
    select distinct
        data_source,
        patient_id as source_person_id,
        subscriber_id as member_id,
        payer,
        case
            when
                type_code similar to '1[0-9]*' or type_code in ('part a', 'part b', 'part c', 'part d', 'mcpol')
                or payer_text like '%medicare%' then 'medicare'
            when
                type_code similar to '2[0-9]*' or type_code in ('mcaid', 'medicaid', 'chip')
                or payer_text like '%medicaid%' then 'medicaid'
            when type_code similar to '3[0-9]*' or type_code in ('vet', 'tricare') then 'other government'
            when
                type_code similar to '[567][0-9]*'
                or type_code in ('ehcpol', 'hip', 'hmo', 'ppo', 'pos', 'pubpol', 'mcpol')
                then 'commercial'
            when type_code similar to '8[0-9]*' or type_code in ('pay', 'self') then 'self-pay'
            when type_code is not null then 'other'
        end as payer_type,
        plan,
        start_date,
        end_date,
        'observed' as enrolment_basis,
        coalesce(type_code not in ('part d', 'drugpol'), true) as covers_medical,
        -- Parts A and B cover no outpatient drugs; of other kinds of coverage it isn't stated.
        case
            when type_code in ('part d', 'drugpol') then true
            when type_code in ('part a', 'part b') then false
        end as covers_pharmacy
    from typed
)

select * from final
