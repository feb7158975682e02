-- title:       Fills without a drug code
-- question:    How many fills name no drug, neither by NDC nor by RxNorm?
-- grain:       data_source
-- kind:        completeness
-- threshold:   1 % of fills
-- not_fit:     50 % of fills
-- affects:     measures, service_category
-- remedy:      Ask for the NDC; compounds may have none.
-- why:         What was dispensed is unknown, so the fill is in no measure.
select
    r.data_source,
    count(*) filter (where r.ndc_code is null and r.rxnorm_code is null) as found_count,
    count(*) as checked_count
from core.pharmacy_line as r
group by r.data_source
