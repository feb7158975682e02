-- title:       Final pharmacy claim lines
-- question:    Which fills stand once reversed and resent fills are settled?
-- grain:       data_source, claim_id, claim_line_number
-- why:         A fill that was never picked up is reversed: its amounts come back negative under the same claim and
--     line. Amounts of a line's rows are added up when one of them is negative; otherwise the row paid last stands.
--     The line stands if an amount above zero is left or if fewer than half its rows are negative, so a lone negative
--     line stands as it came. The other columns come from the last row that isn't negative.
with fill as not materialized (
    select
        r.*,
        coalesce(r.claim_line_number, 1) as line_number,
        coalesce(least(r.paid_usd, r.allowed_usd, r.charge_usd) < 0, false) as is_negative
    from staging.pharmacy_claim as r
),

fill_version as (
    select
        f.*,
        bool_or(f.is_negative) over line as has_negative,
        count(*) over line as versions,
        count(*) filter (where f.is_negative) over line as negative_versions,
        sum(f.paid_usd) over line as net_paid_usd,
        sum(f.allowed_usd) over line as net_allowed_usd,
        sum(f.charge_usd) over line as net_charge_usd
    from fill as f
    semi join core.irregular_fill as r on f.data_source = r.data_source and f.claim_id = r.claim_id
    window line as (partition by f.data_source, f.claim_id, f.line_number)
),

settled_fill as (
    select v.*
    from fill_version as v
    where
        greatest(v.net_paid_usd, v.net_allowed_usd, v.net_charge_usd) > 0
        or 2 * v.negative_versions < v.versions
    qualify row_number() over (
        partition by v.data_source, v.claim_id, v.line_number
        order by
            v.is_negative, v.paid_date desc nulls last, v.charge_usd desc, v.allowed_usd desc, v.paid_usd desc,
            v.dispensing_date, v.ndc_code, v.quantity, v.source_person_id
    ) = 1
),

final_fill as (
    select
        f.data_source, f.source_person_id, f.claim_id, f.line_number, f.payer, f.ndc_code, f.rxnorm_code,
        f.prescriber_id, f.quantity, f.days_supply, f.refills, f.paid_usd, f.allowed_usd, f.charge_usd,
        f.dispensing_date, f.paid_date
    from fill as f
    anti join core.irregular_fill as r on f.data_source = r.data_source and f.claim_id = r.claim_id
    union all
    select
        s.data_source, s.source_person_id, s.claim_id, s.line_number, s.payer, s.ndc_code, s.rxnorm_code,
        s.prescriber_id, s.quantity, s.days_supply, s.refills,
        case when s.has_negative then s.net_paid_usd else s.paid_usd end,
        case when s.has_negative then s.net_allowed_usd else s.allowed_usd end,
        case when s.has_negative then s.net_charge_usd else s.charge_usd end,
        s.dispensing_date, s.paid_date
    from settled_fill as s
)

select
    k.person_id,
    f.data_source,
    f.claim_id,
    f.line_number as claim_line_number,
    f.payer,
    f.ndc_code,
    f.rxnorm_code,
    f.prescriber_id,
    f.quantity,
    f.days_supply,
    f.refills,
    cast(f.paid_usd as decimal(12, 2)) as paid_usd,
    cast(f.allowed_usd as decimal(12, 2)) as allowed_usd,
    cast(f.charge_usd as decimal(12, 2)) as charge_usd,
    f.dispensing_date,
    f.paid_date
from final_fill as f
inner join core.person_key as k on f.data_source = k.data_source and f.source_person_id = k.source_person_id
anti join core.withheld_record as w
    on w.record_kind = 'pharmacy_claim' and f.data_source = w.data_source and f.claim_id = w.record_id
anti join core.repeated_claim as g
    on g.record_kind = 'pharmacy_claim' and f.data_source = g.data_source and f.claim_id = g.claim_id
