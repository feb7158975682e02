-- title:       Sources that repeat a claim's amounts on its lines
-- question:    Whose institutional claims carry the claim's amounts on every line?
-- grain:       data_source
-- why:         Some files copy the claim's paid, allowed and charged amount onto each of its lines; adding those up
--     counts a hospital stay five or ten times. No field says so, but it shows: services that differ don't all cost
--     the same. A source is held to do it when nine in ten of its institutional claims with several different
--     services carry the same amounts on every line. The layout belongs to the file, so the verdict is on the source,
--     never on one claim.
with claim as (
    select
        c.data_source,
        c.claim_id,
        coalesce(min(c.charge_usd) = max(c.charge_usd), true)
        and coalesce(min(c.paid_usd) = max(c.paid_usd), true)
        and coalesce(min(c.allowed_usd) = max(c.allowed_usd), true) as has_equal_amounts
    from staging.medical_claim as c
    where c.claim_type = 'institutional'
    group by c.data_source, c.claim_id
    having
        count(*) > 1
        and greatest(max(c.charge_usd), max(c.allowed_usd), max(c.paid_usd)) > 0
        and (min(c.revenue_center_code) <> max(c.revenue_center_code) or min(c.hcpcs_code) <> max(c.hcpcs_code))
)

select
    c.data_source,
    count(*) as claims,
    count(*) filter (where c.has_equal_amounts) as claims_with_equal_amounts
from claim as c
group by c.data_source
having 10 * count(*) filter (where c.has_equal_amounts) >= 9 * count(*)
