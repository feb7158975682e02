-- title:       Claims that a linked source tells a second time
-- question:    Which claims of a person come from two linked sources, and in which are they left out?
-- grain:       record_kind, data_source, claim_id
-- why:         A plan's file and its vendor's file of the same claims, linked by a crosswalk, would be paid twice. Two
--     claims are one if they have the same person, claim number and first day of service, and come from different data
--     sources. The one with most lines stays; of equals, that of the data source whose name comes first. The others
--     are listed here and left out everywhere after. Claims that are told under different numbers can't be known for
--     one and count twice, as do those of people whom no crosswalk links.
with linked_person as (
    select k.person_id
    from core.person_key as k
    group by k.person_id
    having min(k.data_source) < max(k.data_source)
),

linked_key as (
    select k.*
    from core.person_key as k
    semi join linked_person as l on k.person_id = l.person_id
),

claim as (
    select
        'medical_claim' as record_kind,
        k.person_id,
        m.data_source,
        m.claim_id,
        count(*) as lines,
        min(coalesce(m.claim_line_start_date, m.claim_start_date, m.admission_date)) as first_date
    from staging.medical_claim as m
    inner join linked_key as k on m.data_source = k.data_source and m.source_person_id = k.source_person_id
    where coalesce(m.status, 'active') not in ('cancelled', 'draft', 'entered-in-error')
    group by k.person_id, m.data_source, m.claim_id
    union all
    select
        'pharmacy_claim' as record_kind,
        k.person_id,
        r.data_source,
        r.claim_id,
        count(*) as lines,
        min(r.dispensing_date) as first_date
    from staging.pharmacy_claim as r
    inner join linked_key as k on r.data_source = k.data_source and r.source_person_id = k.source_person_id
    group by k.person_id, r.data_source, r.claim_id
),

ranked as (
    select
        c.*,
        row_number() over (
            partition by c.record_kind, c.person_id, c.claim_id, c.first_date order by c.lines desc, c.data_source
        ) as preference
    from claim as c
)

select distinct
    r.record_kind,
    r.data_source,
    r.claim_id
from ranked as r
where r.preference > 1
