-- title:       Settled lines of adjusted claims
-- question:    What is left of each line that came in several versions?
-- grain:       data_source, claim_id, line_number
-- why:         The versions of a line (core.claim_line_version) are settled into one row. A replacement takes the place
--     of what was paid before it; where nothing says reversal or replacement, the row paid last stands: a bill that was
--     denied and then paid is paid, one that was paid and then denied is denied. Amounts are the sum of what is left;
--     other columns come from the last row that is no reversal. The line stands if an amount above zero is left, or if
--     fewer than half its rows are reversals: a reversal without its original takes nothing back and is dropped if it
--     says so itself, while a lone negative line stands as it came, so that the money adds up.
with settled_amount as (
    select
        v.data_source,
        v.claim_id,
        v.line_number,
        cast(sum(v.paid_usd) as decimal(12, 2)) as paid_usd,
        cast(sum(v.allowed_usd) as decimal(12, 2)) as allowed_usd,
        cast(sum(v.charge_usd) as decimal(12, 2)) as charge_usd
    from core.claim_line_version as v
    where v.version_number >= v.replacement_number and (v.is_settled_by_amount or v.version_number = v.last_number)
    group by v.data_source, v.claim_id, v.line_number
    having
        greatest(sum(v.paid_usd), sum(v.allowed_usd), sum(v.charge_usd)) > 0
        or 2 * count(*) filter (where v.is_reversal) < count(*)
)

select
    v.data_source,
    v.source_person_id,
    v.claim_id,
    v.line_number,
    v.first_line_number,
    v.claim_type,
    v.status,
    v.bill_type_code,
    v.drg_code,
    v.hcpcs_code,
    v.hcpcs_modifiers,
    v.place_of_service_code,
    v.revenue_center_code,
    v.billing_id,
    v.facility_id,
    v.rendering_id,
    s.paid_usd,
    s.allowed_usd,
    s.charge_usd,
    v.claim_line_start_date,
    v.claim_line_end_date,
    v.claim_start_date,
    v.claim_end_date,
    v.admission_date,
    v.discharge_date,
    v.paid_date
from core.claim_line_version as v
inner join settled_amount as s
    on v.data_source = s.data_source and v.claim_id = s.claim_id and v.line_number = s.line_number
where v.version_number = v.last_number
