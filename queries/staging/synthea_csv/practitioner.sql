-- title:       Practitioners in Synthea's CSV files
-- grain:       data_source, practitioner_id
-- why:         Names aren't read.
select
    p.data_source,
    p.id as practitioner_id,
    cast(null as varchar) as npi,
    lower(p.speciality) as specialty,
    p.organization as organization_id
from raw.synthea_csv_providers as p
