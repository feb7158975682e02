-- title:       Attribution in the input layer
-- grain:       data_source, source_person_id, person_year
-- why:         The list is monthly; the year's last month counts. A user's own attribution goes before the payer's.
select
    data_source,
    person_id as source_person_id,
    try_cast(replace(year_month, '-', '')[:4] as integer) as person_year,
    coalesce(custom_attributed_provider_organization, payer_attributed_provider_organization) as organization_id,
    coalesce(custom_attributed_provider, payer_attributed_provider) as practitioner_id,
    cast(null as date) as start_date,
    cast(null as date) as end_date
from raw.input_layer_provider_attribution
qualify row_number() over (
    partition by data_source, person_id, try_cast(replace(year_month, '-', '')[:4] as integer)
    order by replace(year_month, '-', '') desc, payer, plan
) = 1
