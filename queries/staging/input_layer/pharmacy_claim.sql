-- title:       Pharmacy claim lines in the input layer
-- grain:       data_source, claim_id, claim_line_number, paid_date, paid_usd, allowed_usd, charge_usd, ndc_code
-- why:         Every version of a line is kept; reversals carry negative amounts. Denied lines were never handed over.
select
    data_source,
    person_id as source_person_id,
    claim_id,
    claim_line_number,
    member_id,
    payer,
    plan,
    dispensing_date,
    replace(ndc_code, '-', '') as ndc_code,
    rxnorm_code,
    quantity,
    days_supply,
    refills,
    paid_date,
    paid_amount as paid_usd,
    allowed_amount as allowed_usd,
    charge_amount as charge_usd,
    prescribing_provider_npi as prescriber_id
from raw.input_layer_pharmacy_claim
where coalesce(lower(claim_status), 'active') not in ('denied', 'cancelled')
