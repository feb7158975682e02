-- title:       Days on which people were seen
-- question:    On which days did each person have an emergency, observation or other outpatient contact?
-- grain:       person_id, visit_type, start_date
-- why:         The raw material of core.visit and of core.stay.began_in_emergency: contacts from claims or from
--     encounters, as core.use_basis says for each source. From claims, each line that is not denied and shows a kind of
--     visit (core.claim_line.visit_type). From encounters, those that took place. Two contacts of one kind on one day
--     are one. Where sources are linked and both tell of a person, the claim stands: a clinical contact isn't counted
--     again on a day that has any outpatient claim contact, whatever the two call it; an emergency or observation
--     contact not within a day of such a claim contact. specialty_group says whether it was primary care: 'primary
--     care' where the practitioner who rendered it gives primary care (core.provider_specialty) or it took place in a
--     health center (places 50 and 72, T1015, G0466 to G0470, bill types 71x and 77x); otherwise 'other', or 'unknown'
--     where the source states no specialties. organization_key is the one that bills; of several on a day, one of
--     primary care, then the lowest number.
with claim_day as (
    select
        l.person_id,
        cast(l.visit_type as varchar) as visit_type,
        l.visit_type in ('emergency', 'observation') as is_hospital,
        l.service_start_date as start_date,
        greatest(max(l.service_end_date), l.service_start_date) as end_date,
        coalesce(
            min(l.organization_key) filter (where l.is_primary_care), min(l.organization_key)
        ) as organization_key,
        case
            when count(l.organization_key) filter (where l.is_primary_care) > 0 then 'primary care'
            when bool_and(coalesce(s.states_specialty, false)) then 'other'
            else 'unknown'
        end as specialty_group,
        'claim' as source
    from core.claim_line as l
    inner join core.use_basis as u on l.data_source = u.data_source and u.basis = 'claim'
    left join core.specialty_source as s on l.data_source = s.data_source
    where not l.is_denied and l.visit_type is not null and l.service_start_date is not null
    group by l.person_id, l.visit_type, l.service_start_date
),

encounter_day as (
    select
        k.person_id,
        case e.encounter_class
            when 'ambulatory' then 'office'
            when 'virtual' then 'telehealth'
            else e.encounter_class
        end as visit_type,
        e.encounter_class in ('emergency', 'observation') as is_hospital,
        e.start_date,
        greatest(max(e.end_date), e.start_date) as end_date,
        coalesce(
            min(coalesce(o.organization_key, r.organization_key)) filter (where s.is_primary_care),
            min(coalesce(o.organization_key, r.organization_key))
        ) as organization_key,
        case
            when count(coalesce(o.organization_key, r.organization_key)) filter (where s.is_primary_care) > 0
                then 'primary care'
            when bool_and(coalesce(t.states_specialty, false)) then 'other'
            else 'unknown'
        end as specialty_group,
        'clinical' as source
    from staging.encounter as e
    inner join core.use_basis as u on e.data_source = u.data_source and u.basis = 'clinical'
    inner join core.person_key as k on e.data_source = k.data_source and e.source_person_id = k.source_person_id
    anti join core.withheld_record as w
        on w.record_kind = 'encounter' and e.data_source = w.data_source and e.encounter_id = w.record_id
    left join core.provider_organization as o
        on e.data_source = o.data_source and e.organization_id = o.provider_id
    left join core.provider_organization as r
        on e.data_source = r.data_source and e.practitioner_id = r.provider_id
    left join core.provider_specialty as s on e.data_source = s.data_source and e.practitioner_id = s.provider_id
    left join core.specialty_source as t on e.data_source = t.data_source
    where
        e.encounter_class <> 'inpatient'
        and e.start_date is not null
        and coalesce(e.status, 'finished') not in ('planned', 'cancelled', 'entered-in-error', 'proposed')
    group by k.person_id, e.encounter_class, e.start_date
),

each_day as (
    select * from claim_day
    union all
    select e.*
    from encounter_day as e
    anti join claim_day as c on e.person_id = c.person_id and e.start_date = c.start_date and not c.is_hospital
    where not e.is_hospital
    union all
    select e.*
    from encounter_day as e
    anti join claim_day as c
        on
            e.person_id = c.person_id
            and e.visit_type = c.visit_type
            and e.start_date <= c.end_date + 1
            and c.start_date <= e.end_date + 1
    where e.is_hospital
)

select
    d.person_id,
    d.visit_type,
    d.organization_key,
    d.specialty_group,
    d.source,
    d.start_date,
    d.end_date
from each_day as d
