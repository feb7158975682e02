-- title:       Inpatient stays
-- question:    When was each person admitted to an acute hospital, and for how long?
-- grain:       person_id, start_date
-- why:         From claims: an institutional claim that isn't denied, of bill type 11x (or 41x), or without a bill
--     type one that has a DRG or both an admission and a discharge date. Hospital inpatient Part B bills (12x), swing
--     beds (18x), skilled nursing (2xx) and claims for a rehabilitation room (revenue centers 0118 to 0158) are no
--     acute stays. From encounters: class inpatient that took place. Claims and encounters that overlap, or begin on
--     the day the one before ends or on the next day, are one stay: interim bills, transfers, and the same stay told
--     by two sources. A stay can't begin after the day of death. The discharge and the DRG are those of the part that
--     ends last.
with rehabilitation_claim as (
    select distinct l.data_source, l.claim_id
    from core.claim_line as l
    where l.revenue_center_code in ('0118', '0128', '0138', '0148', '0158')
),

claim_part as (
    select
        c.person_id,
        coalesce(b.organization_key, f.organization_key) as organization_key,
        c.drg_code,
        c.discharge_disposition_code,
        'claim' as source,
        least(c.admission_date, c.claim_start_date) as start_date,
        greatest(c.discharge_date, c.claim_end_date) as end_date
    from core.claim as c
    inner join core.use_basis as u on c.data_source = u.data_source and u.basis = 'claim'
    anti join rehabilitation_claim as r on c.data_source = r.data_source and c.claim_id = r.claim_id
    left join core.provider_organization as f on c.data_source = f.data_source and c.facility_id = f.provider_id
    left join core.provider_organization as b on c.data_source = b.data_source and c.billing_id = b.provider_id
    where
        c.claim_type = 'institutional'
        and not c.is_denied
        and case
            when c.bill_type_code is not null then left(c.bill_type_code, 2) in ('11', '41')
            else c.drg_code is not null or (c.admission_date is not null and c.discharge_date is not null)
        end
),

encounter_part as (
    select
        k.person_id,
        o.organization_key,
        null as drg_code,
        null as discharge_disposition_code,
        'clinical' as source,
        e.start_date,
        greatest(e.end_date, e.start_date) as end_date
    from staging.encounter as e
    inner join core.use_basis as u on e.data_source = u.data_source and u.basis = 'clinical'
    inner join core.person_key as k on e.data_source = k.data_source and e.source_person_id = k.source_person_id
    anti join core.withheld_record as w
        on w.record_kind = 'encounter' and e.data_source = w.data_source and e.encounter_id = w.record_id
    left join core.provider_organization as o
        on e.data_source = o.data_source and e.organization_id = o.provider_id
    where
        e.encounter_class = 'inpatient'
        and coalesce(e.status, 'finished') not in ('planned', 'cancelled', 'entered-in-error', 'proposed')
),

part as (
    select p.*
    from (
        select * from claim_part
        union all
        select * from encounter_part
    ) as p
    inner join core.person as d on p.person_id = d.person_id
    where p.start_date <= coalesce(d.death_date, p.start_date)
),

reached as (
    select
        p.*,
        max(p.end_date) over (
            partition by p.person_id order by p.start_date, p.end_date
            rows between unbounded preceding and 1 preceding
        ) as reached_date
    from part as p
),

numbered as (
    select
        r.*,
        sum(case when r.start_date <= r.reached_date + 1 then 0 else 1 end) over (
            partition by r.person_id order by r.start_date, r.end_date rows unbounded preceding
        ) as stay_number
    from reached as r
)

select
    n.person_id,
    min_by(n.organization_key, n.start_date) as organization_key,
    max_by(n.drg_code, n.end_date) as drg_code,
    max_by(n.discharge_disposition_code, n.end_date) as discharge_disposition_code,
    min(n.source) as source,
    count(*) as parts,
    max(n.end_date) - min(n.start_date) as length_of_stay_days,
    min(n.start_date) as start_date,
    max(n.end_date) as end_date
from numbered as n
group by n.person_id, n.stay_number
