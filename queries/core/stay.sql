-- title:       Stays
-- question:    When was each person in hospital, for how long, and how did it begin and end?
-- grain:       person_id, stay_type, start_date
-- why:         Parts of one kind (core.stay_part) become one stay where they overlap or where the next begins on the
--     day the one before ends: the same bed billed in pieces, a transfer, or one stay told by two sources. If the next
--     begins on the day after, it is the same stay unless the person had left for home and came back: it is joined if
--     the part before is an interim bill or says that the person is still there, or that they were sent to another
--     acute hospital, or if the next is in another facility (CMS counts that as a transfer whatever the status says),
--     or if one part is a claim and the other an encounter. Otherwise, back in the same hospital the day after going
--     home, it is a new stay: a readmission. The discharge, DRG and last facility are those of the part that ends last,
--     the principal diagnosis and the organisation those of the one that begins first. began_in_emergency: an emergency
--     contact on the day it began or the day before.
with part as (
    select
        p.*,
        -- The part that reaches furthest, before this one.
        max({
            'end_date': p.end_date,
            'has_left': p.has_left,
            'is_transferred': p.is_transferred,
            'source': p.source,
            'place_id': p.place_id
        }) over (
            partition by p.person_id, p.stay_type
            order by p.start_date, p.end_date, p.source, p.data_source, p.part_id
            rows between unbounded preceding and 1 preceding
        ) as before
    from core.stay_part as p
),

joined as (
    select
        p.*,
        coalesce(
            p.start_date <= p.before.end_date
            or (
                p.start_date = p.before.end_date + 1
                and (
                    not p.before.has_left
                    or p.before.is_transferred
                    or p.before.source <> p.source
                    or coalesce(p.before.place_id <> p.place_id, false)
                )
            ),
            false
        ) as is_same_stay
    from part as p
),

numbered as (
    select
        j.*,
        sum(case when j.is_same_stay then 0 else 1 end) over (
            partition by j.person_id, j.stay_type
            order by j.start_date, j.end_date, j.source, j.data_source, j.part_id rows unbounded preceding
        ) as stay_number
    from joined as j
),

stay as (
    select
        n.person_id,
        n.stay_type,
        min({
            'start_date': n.start_date,
            'end_date': n.end_date,
            'organization_key': n.organization_key,
            'diagnosis_system': n.diagnosis_system,
            'principal_diagnosis_code': n.principal_diagnosis_code
        }) as first_part,
        max({
            'end_date': n.end_date,
            'start_date': n.start_date,
            'drg_code': n.drg_code,
            'discharge_disposition_code': n.discharge_disposition_code,
            'is_transferred': n.is_transferred
        }) as last_part,
        min(n.source) as source,
        count(*) as parts,
        count(distinct n.place_id) as facilities
    from numbered as n
    group by n.person_id, n.stay_type, n.stay_number
),

-- A person may have stays of two kinds, and several emergency days before one.
emergency_stay as (
    select distinct
        s.person_id,
        s.stay_type,
        s.first_part.start_date as start_date
    from stay as s
    inner join core.contact_day as c
        on
            s.person_id = c.person_id
            and c.visit_type = 'emergency'
            and c.start_date <= s.first_part.start_date
            and c.end_date >= s.first_part.start_date - 1
)

select
    s.person_id,
    s.stay_type,
    s.first_part.organization_key as organization_key,
    s.last_part.drg_code as drg_code,
    s.first_part.diagnosis_system as diagnosis_system,
    s.first_part.principal_diagnosis_code as principal_diagnosis_code,
    s.last_part.discharge_disposition_code as discharge_disposition_code,
    s.last_part.is_transferred as is_transferred,
    e.person_id is not null as began_in_emergency,
    s.source,
    s.parts,
    s.facilities,
    s.last_part.end_date - s.first_part.start_date as length_of_stay_days,
    s.first_part.start_date as start_date,
    s.last_part.end_date as end_date
from stay as s
left join emergency_stay as e
    on s.person_id = e.person_id and s.stay_type = e.stay_type and s.first_part.start_date = e.start_date
