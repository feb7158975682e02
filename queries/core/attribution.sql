-- title:       Attribution
-- question:    Which organization answers for each person in each year?
-- grain:       person_id, year
-- why:         What the payer supplies wins: the row for that year, else of the rows whose dates touch the year the one
--     that covers most of its days, then the one that began last, then the lower number. Otherwise the organization
--     with most primary-care visits (office, telehealth and home) in the 24 months that end with the year; on a tie
--     the one seen most recently, then the lower number. Primary care is a practitioner's specialty or a health center
--     (core.visit). Where a person has no such visit and the source doesn't state specialties, office and telehealth
--     visits of any specialty count the same way. basis says which of the three it was. People with none of them have
--     no row here and show on every page as a group of their own.
with supplied as (
    select
        k.person_id,
        y.year,
        coalesce(o.organization_key, w.organization_key) as organization_key
    from staging.attribution as a
    inner join core.person_key as k on a.data_source = k.data_source and a.source_person_id = k.source_person_id
    inner join reference.period as y
        on
            coalesce(a.person_year, y.year) = y.year
            and coalesce(a.start_date, y.period_end) <= y.period_end
            and coalesce(a.end_date, y.period_start) >= y.period_start
    left join core.provider_organization as o on a.data_source = o.data_source and a.organization_id = o.provider_id
    left join core.provider_organization as w on a.data_source = w.data_source and a.practitioner_id = w.provider_id
    where coalesce(o.organization_key, w.organization_key) is not null
    qualify row_number() over (
        partition by k.person_id, y.year
        order by
            a.person_year nulls last,
            least(coalesce(a.end_date, y.period_end), y.period_end)
            - greatest(coalesce(a.start_date, y.period_start), y.period_start) desc,
            a.start_date desc nulls last,
            coalesce(o.organization_key, w.organization_key)
    ) = 1
),

-- The 24 months that end with a year begin on the day after its last day two years before.
visit_count as (
    select
        v.person_id,
        y.year,
        v.organization_key,
        v.specialty_group,
        count(*) as visits,
        max(v.start_date) as last_date
    from core.visit as v
    inner join reference.period as y
        on v.start_date <= y.period_end and v.start_date > cast(y.period_end - interval 24 month as date)
    where
        v.organization_key is not null
        and (
            (v.specialty_group = 'primary care' and v.visit_type in ('office', 'telehealth', 'home'))
            or (v.specialty_group = 'unknown' and v.visit_type in ('office', 'telehealth'))
        )
    group by v.person_id, y.year, v.organization_key, v.specialty_group
),

most_visited as (
    select
        c.person_id,
        c.year,
        c.organization_key,
        c.specialty_group
    from visit_count as c
    anti join supplied as s on c.person_id = s.person_id and c.year = s.year
    qualify row_number() over (
        partition by c.person_id, c.year
        order by c.specialty_group = 'primary care' desc, c.visits desc, c.last_date desc, c.organization_key
    ) = 1
)

select s.person_id, s.year, s.organization_key, 'payer' as basis
from supplied as s
union all
select
    m.person_id,
    m.year,
    m.organization_key,
    case m.specialty_group
        when 'primary care' then 'primary-care visits' else 'visits of any specialty'
    end as basis
from most_visited as m
