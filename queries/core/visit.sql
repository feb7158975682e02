-- title:       Visits
-- question:    When was each person seen, and in what kind of place?
-- grain:       person_id, visit_type, start_date
-- why:         Counted use, from claims or from encounters as core.use_basis says, never both. Denied lines don't
--     count. Kinds, the first that fits: emergency (revenue centers 0450 to 0459 and 0981, codes 99281 to 99285 and
--     G0380 to G0384, place 23); observation (revenue center 0762, G0378, G0379); telehealth (places 02 and 10,
--     modifiers 95, 93, GT, GQ); home (place 12, but not equipment and supplies, whose codes begin with A, B, E, K or
--     L; home health revenue centers 0550 to 0599, codes G0151 to G0164, G0299, G0300); office (places 11, 17, 20,
--     49, 50, 71, 72; clinic revenue centers 0510 to 0529, G0463, T1015); other (hospital outpatient and surgery
--     centers: 19, 22, 24, 26, 53, 57, 62). Laboratories, ambulances and inpatient rounds are no visits. (1)
--     Inpatient: core.stay. (2) Emergency and observation lines that share a day are one visit, so a night in the
--     emergency department is one. If a stay begins on its days or on the day after, or it begins during a stay
--     before its last day, it is part of the stay and isn't counted again. (3) Other kinds: one a person, kind and
--     day. (4) Nothing begins after the day of death. organization_key is the one that bills; of several, the lowest
--     number.
with line_kind as (
    select
        l.person_id,
        l.data_source,
        l.claim_id,
        case
            when
                l.revenue_center_code between '0450' and '0459'
                or l.revenue_center_code = '0981'
                or l.hcpcs_code between '99281' and '99285'
                or l.hcpcs_code between 'G0380' and 'G0384'
                or l.place_of_service_code = '23'
                then 'emergency'
            when l.revenue_center_code = '0762' or l.hcpcs_code in ('G0378', 'G0379') then 'observation'
            when
                l.place_of_service_code in ('02', '10')
                or list_has_any(l.hcpcs_modifiers, ['95', '93', 'GT', 'GQ'])
                then 'telehealth'
            when
                (
                    l.place_of_service_code = '12'
                    and not regexp_matches(coalesce(l.hcpcs_code, ''), '^[ABEKL]')
                )
                or l.revenue_center_code between '0550' and '0599'
                or l.hcpcs_code between 'G0151' and 'G0164'
                or l.hcpcs_code in ('G0299', 'G0300')
                then 'home'
            when
                l.place_of_service_code in ('11', '17', '20', '49', '50', '71', '72')
                or l.revenue_center_code between '0510' and '0529'
                or l.hcpcs_code in ('G0463', 'T1015')
                then 'office'
            when l.place_of_service_code in ('19', '22', '24', '26', '53', '57', '62') then 'other'
        end as visit_type,
        l.service_start_date,
        l.service_end_date
    from core.claim_line as l
    where not l.is_denied
),

claim_contact as (
    select
        k.person_id,
        k.data_source,
        k.claim_id,
        k.visit_type,
        k.service_start_date as start_date,
        k.service_end_date as end_date
    from line_kind as k
    inner join core.use_basis as u on k.data_source = u.data_source and u.basis = 'claim'
    where k.visit_type is not null and k.service_start_date is not null
),

claim_organization as (
    select
        c.data_source,
        c.claim_id,
        coalesce(b.organization_key, f.organization_key, r.organization_key) as organization_key
    from core.claim as c
    left join core.provider_organization as b on c.data_source = b.data_source and c.billing_id = b.provider_id
    left join core.provider_organization as f on c.data_source = f.data_source and c.facility_id = f.provider_id
    left join core.provider_organization as r on c.data_source = r.data_source and c.rendering_id = r.provider_id
),

encounter_contact as (
    select
        k.person_id,
        case e.encounter_class
            when 'ambulatory' then 'office'
            when 'virtual' then 'telehealth'
            else e.encounter_class
        end as visit_type,
        e.start_date,
        greatest(e.end_date, e.start_date) as end_date,
        coalesce(o.organization_key, r.organization_key) as organization_key,
        'clinical' as source
    from staging.encounter as e
    inner join core.use_basis as u on e.data_source = u.data_source and u.basis = 'clinical'
    inner join core.person_key as k on e.data_source = k.data_source and e.source_person_id = k.source_person_id
    left join core.provider_organization as o
        on e.data_source = o.data_source and e.organization_id = o.provider_id
    left join core.provider_organization as r
        on e.data_source = r.data_source and e.practitioner_id = r.provider_id
    where
        e.encounter_class <> 'inpatient'
        and coalesce(e.status, 'finished') not in ('planned', 'cancelled', 'entered-in-error', 'proposed')
),

contact as (
    select
        c.person_id,
        c.visit_type,
        c.start_date,
        c.end_date,
        o.organization_key,
        'claim' as source
    from claim_contact as c
    left join claim_organization as o on c.data_source = o.data_source and c.claim_id = o.claim_id
    union all
    select e.person_id, e.visit_type, e.start_date, e.end_date, e.organization_key, e.source
    from encounter_contact as e
),

person_day as (
    select
        c.person_id,
        c.visit_type,
        c.start_date,
        greatest(max(c.end_date), c.start_date) as end_date,
        min(c.organization_key) as organization_key,
        min(c.source) as source
    from contact as c
    group by c.person_id, c.visit_type, c.start_date
),

hospital_day as (
    select
        d.*,
        max(d.end_date) over (
            partition by d.person_id, d.visit_type order by d.start_date
            rows between unbounded preceding and 1 preceding
        ) as reached_date
    from person_day as d
    where d.visit_type in ('emergency', 'observation')
),

hospital_visit as (
    select
        n.person_id,
        n.visit_type,
        min(n.start_date) as start_date,
        max(n.end_date) as end_date,
        min(n.organization_key) as organization_key,
        min(n.source) as source
    from (
        select
            h.*,
            sum(case when h.start_date <= h.reached_date then 0 else 1 end) over (
                partition by h.person_id, h.visit_type order by h.start_date rows unbounded preceding
            ) as visit_number
        from hospital_day as h
    ) as n
    group by n.person_id, n.visit_type, n.visit_number
),

each_visit as (
    select s.person_id, 'inpatient' as visit_type, s.start_date, s.end_date, s.organization_key, s.source
    from core.stay as s
    union all
    select h.person_id, h.visit_type, h.start_date, h.end_date, h.organization_key, h.source
    from hospital_visit as h
    anti join core.stay as s
        on
            h.person_id = s.person_id
            and s.start_date <= h.end_date + 1
            and (h.start_date <= s.start_date or h.start_date < s.end_date)
    union all
    select d.person_id, d.visit_type, d.start_date, d.start_date as end_date, d.organization_key, d.source
    from person_day as d
    where d.visit_type not in ('emergency', 'observation')
)

select
    v.person_id,
    v.visit_type,
    v.organization_key,
    v.source,
    v.start_date,
    v.end_date
from each_visit as v
inner join core.person as p on v.person_id = p.person_id
where v.start_date <= coalesce(p.death_date, v.start_date)
