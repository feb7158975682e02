-- title:       Pharmacy cover without any fill
-- question:    Which sources state pharmacy cover and hold no pharmacy claim?
-- grain:       data_source
-- kind:        completeness
-- threshold:   0 sources
-- affects:     pmpm_usd, measures
-- remedy:      Ask for the pharmacy claims, or for the cover to be stated as medical only.
-- why:         PMPM would count pharmacy months at no cost.
with covered as (
    select distinct e.data_source
    from core.eligibility as e
    where e.covers_pharmacy
),

filling as (
    select distinct r.data_source
    from core.pharmacy_line as r
)

select
    c.data_source,
    case when f.data_source is null then 1 else 0 end as found_count,
    1 as checked_count
from covered as c
left join filling as f on c.data_source = f.data_source
