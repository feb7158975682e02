-- title:       What an outpatient hospital claim was for
-- question:    Which outpatient hospital claims hold emergency care, observation or surgery?
-- grain:       data_source, claim_id
-- why:         A hospital bills what one visit to it needed on one claim: the emergency room, and the blood count, the
--     X-ray and the drugs that went with it. Their cost belongs to the emergency visit, so the claim as a whole is
--     given one setting, the first that a line of it shows: emergency (revenue centers 0450 to 0459 and 0981, codes
--     99281 to 99285 and G0380 to G0384); observation (revenue center 0762, codes G0378 and G0379); surgery (bill type
--     83x, revenue centers 0360 to 0369, 0481, 0490 to 0499, 0750 to 0759, 0790 to 0799). Looked for in institutional
--     claims of bill types 13x, 83x and 85x, or without a bill type; denied, cancelled, draft and erroneous lines play
--     no part.
with line as (
    select
        c.data_source,
        c.claim_id,
        case
            when
                c.revenue_center_code between '0450' and '0459'
                or c.revenue_center_code = '0981'
                or c.hcpcs_code between '99281' and '99285'
                or c.hcpcs_code between 'G0380' and 'G0384'
                then 1
            when c.revenue_center_code = '0762' or c.hcpcs_code between 'G0378' and 'G0379' then 2
            when
                c.revenue_center_code between '0360' and '0369'
                or c.revenue_center_code = '0481'
                or c.revenue_center_code between '0490' and '0499'
                or c.revenue_center_code between '0750' and '0759'
                or c.revenue_center_code between '0790' and '0799'
                or c.bill_type_code between '830' and '839'
                then 3
        end as setting_number
    from staging.medical_claim as c
    where
        c.claim_type = 'institutional'
        and coalesce(
            c.bill_type_code between '130' and '139'
            or c.bill_type_code between '830' and '839'
            or c.bill_type_code between '850' and '859',
            true
        )
        and coalesce(c.status, 'active') not in ('denied', 'cancelled', 'draft', 'entered-in-error')
)

select
    l.data_source,
    l.claim_id,
    cast(4 + min(l.setting_number) as tinyint) as category_rank
from line as l
where l.setting_number is not null
group by l.data_source, l.claim_id
