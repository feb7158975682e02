-- Medicines taken for a condition, with the share of its people who take them.
select
    (row_number() over ())::tinyint as drug_number,
    c.condition_number,
    d.drug,
    d.share_pct::double / 100 as share,
    d.rxnorm_code::rxnorm as rxnorm_code,
    d.ndc_code::ndc as ndc_code,
    d.days_supply::smallint as days_supply,
    d.quantity::decimal(8, 1) as quantity,
    d.allowed_usd::float as allowed_usd
from parameter.drug as d
inner join lookup.condition as c on d.condition = c.condition::varchar
