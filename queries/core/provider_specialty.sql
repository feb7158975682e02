-- title:       Whether a provider gives primary care
-- question:    Behind which identifiers on claims and encounters does a primary-care practitioner stand?
-- grain:       data_source, provider_id
-- why:         A practitioner is found by the source's own id or by NPI. Primary care is a specialty on the list
--     reference.primary_care_specialty, as a word or as a code; is_primary_care is null where the source states no
--     specialty. Of two practitioners with one NPI the one with a specialty counts, primary care first.
with candidate as (
    select p.data_source, p.practitioner_id as provider_id, p.specialty, 1 as priority
    from staging.practitioner as p
    union all
    select p.data_source, p.npi, p.specialty, 2
    from staging.practitioner as p
),

judged as (
    select
        c.data_source,
        c.provider_id,
        c.priority,
        case when nullif(trim(c.specialty), '') is not null then s.specialty is not null end as is_primary_care
    from candidate as c
    left join reference.primary_care_specialty as s on lower(trim(c.specialty)) = lower(s.specialty)
    where c.provider_id is not null
)

select
    j.data_source,
    j.provider_id,
    j.is_primary_care
from judged as j
qualify
    row_number() over (
        partition by j.data_source, j.provider_id order by j.priority, j.is_primary_care desc nulls last
    ) = 1
