-- 24 organisations with a facility and fifteen practitioners each; the first six practise primary care.
with npi_number as (
    select unnest(enum_range(null::npi)) as npi
),

numbered as (
    select
        (row_number() over (order by npi) - 1)::integer as n,
        npi::npi as npi
    from npi_number
)

select
    (n // 16)::tinyint as organization,
    (n % 16)::tinyint as place, -- 0: the facility itself
    npi,
    o.state,
    o.facility_type,
    o.organization_name,
    case
        when n % 16 = 0 then null
        when n % 16 <= 4 then 'Family Medicine'
        when n % 16 <= 6 then 'Internal Medicine'
        else [
            'Cardiology', 'Orthopedic Surgery', 'Psychiatry', 'Obstetrics & Gynecology', 'Emergency Medicine',
            'Hospitalist', 'Nurse Practitioner', 'Pediatric Medicine', 'Endocrinology'
        ][n % 16 - 6]
    end as specialty
from numbered
inner join parameter.organization as o on n // 16 = o.organization::integer
order by n
