-- title:       Practitioners in FHIR
-- grain:       data_source, practitioner_id
-- why:         Names are not read. Someone with several roles gets the first by id, so that each is one row.
with role as (
    select
        data_source,
        practitioner_id,
        min_by(organization_id, id) as organization_id,
        min_by(specialty_codes[1].code, id) as specialty
    from raw.fhir_r4_practitioner_role
    where practitioner_id is not null
    group by data_source, practitioner_id
)

select
    practitioner.data_source,
    practitioner.id as practitioner_id,
    practitioner.npi,
    coalesce(role.specialty, practitioner.qualification_codes[1].code) as specialty,
    role.organization_id
from raw.fhir_r4_practitioner as practitioner
left join role on role.data_source = practitioner.data_source and role.practitioner_id = practitioner.id
