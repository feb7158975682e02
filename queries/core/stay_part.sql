-- title:       Parts of stays
-- question:    Which claims and encounters tell of someone staying in a hospital or nursing facility?
-- grain:       data_source, source, part_id
-- why:         One row for each claim and encounter that core.stay joins into stays. Claims: institutional, not denied,
--     of bill type 11x or 41x, or without a bill type one with a DRG or with both an admission and a discharge date;
--     and of 18x (swing bed) and 21x (skilled nursing). Hospital inpatient Part B bills (12x), nursing Part B (22x) and
--     hospice (82x) are no stays. Encounters: class inpatient that took place. stay_type, the first that fits: nonacute
--     (18x, 21x, encounters of class NONAC, rehabilitation: DRG 945 and 946, revenue centers 0024 and 0118 to 0158, a
--     certification number of a rehabilitation or long-term hospital or of a rehabilitation unit); psychiatric (DRG
--     876, 880 to 887 and 894 to 897, or without a DRG a psychiatric room, or the certification number of a psychiatric
--     hospital or unit); newborn (DRG 795, or without a DRG a nursery, 0170, 0171 and 0179; newborns in intensive care
--     are acute); acute. A long-term hospital that names itself by NPI can't be told from others. An encounter that
--     shares days with a claim's stay is of that kind, since class inpatient says no kind. has_left: the bill says that
--     the person went home or elsewhere: a discharge status other than 30, bill frequency 1 or 4, or a discharge date,
--     and no interim bill (frequency 2 or 3). is_transferred: discharge status 02, 05, 43, 66, 82, 85, 88 or 94, to
--     another acute hospital.
with room as (
    select
        l.data_source,
        l.claim_id,
        bool_or(l.revenue_center_code in ('0024', '0118', '0128', '0138', '0148', '0158')) as is_rehabilitation,
        bool_or(l.revenue_center_code in ('0114', '0124', '0134', '0144', '0154', '0204')) as is_psychiatric,
        bool_or(l.revenue_center_code in ('0170', '0171', '0179')) as is_newborn
    from core.claim_line as l
    where
        l.revenue_center_code between '0024' and '0204'
        and l.revenue_center_code in (
            '0024', '0118', '0128', '0138', '0148', '0158', '0114', '0124', '0134', '0144', '0154', '0204', '0170',
            '0171', '0179'
        )
    group by l.data_source, l.claim_id
),

claim as (
    select
        c.*,
        coalesce(c.facility_id, c.billing_id) as place_id,
        substr(c.bill_type_code, 3, 1) as bill_frequency,
        case
            when c.bill_type_code is null
                then c.drg_code is not null or (c.admission_date is not null and c.discharge_date is not null)
            else left(c.bill_type_code, 2) in ('11', '41', '18', '21')
        end as is_stay,
        -- A CMS certification number: two digits of the state, then the kind of hospital.
        case
            when regexp_matches(coalesce(c.facility_id, c.billing_id), '^[0-9]{2}[0-9STUWYZ][0-9]{3}$')
                then substr(coalesce(c.facility_id, c.billing_id), 3, 4)
        end as hospital_number
    from core.claim as c
    where c.claim_type = 'institutional' and not c.is_denied
),

claim_part as (
    select
        c.person_id,
        c.data_source,
        'claim' as source,
        c.claim_id as part_id,
        case
            when
                left(c.bill_type_code, 2) in ('18', '21')
                or c.drg_code in ('945', '946')
                or r.is_rehabilitation
                or c.hospital_number between '2000' and '2299'
                or c.hospital_number between '3025' and '3099'
                or left(c.hospital_number, 1) in ('T', 'U', 'W', 'Y', 'Z')
                then 'nonacute'
            when
                c.drg_code = '876'
                or c.drg_code between '880' and '887'
                or c.drg_code between '894' and '897'
                or (c.drg_code is null and r.is_psychiatric)
                or c.hospital_number between '4000' and '4499'
                or left(c.hospital_number, 1) = 'S'
                then 'psychiatric'
            when c.drg_code = '795' or (c.drg_code is null and r.is_newborn) then 'newborn'
            else 'acute'
        end as stay_type,
        c.place_id,
        coalesce(b.organization_key, f.organization_key) as organization_key,
        c.drg_code,
        c.diagnosis_system,
        c.diagnosis_codes[1] as principal_diagnosis_code,
        c.discharge_disposition_code,
        coalesce(c.bill_frequency not in ('2', '3'), true)
        and coalesce(
            c.discharge_disposition_code <> '30', c.bill_frequency in ('1', '4') or c.discharge_date is not null, false
        ) as has_left,
        coalesce(c.discharge_disposition_code in ('02', '05', '43', '66', '82', '85', '88', '94'), false)
            as is_transferred,
        least(c.admission_date, c.claim_start_date) as start_date,
        greatest(c.discharge_date, c.claim_end_date) as end_date
    from claim as c
    inner join core.use_basis as u on c.data_source = u.data_source and u.basis = 'claim'
    left join room as r on c.data_source = r.data_source and c.claim_id = r.claim_id
    left join core.provider_organization as f on c.data_source = f.data_source and c.facility_id = f.provider_id
    left join core.provider_organization as b on c.data_source = b.data_source and c.billing_id = b.provider_id
    where c.is_stay
),

encounter as (
    select
        e.*,
        -- NUBC codes as they are; those of HL7 in their terms.
        case
            when e.discharge_disposition_codes[1].system = 'NUBC' then e.discharge_disposition_codes[1].code
            when ends_with(e.discharge_disposition_codes[1].system, 'discharge-disposition')
                then
                    case e.discharge_disposition_codes[1].code
                        when 'home' then '01'
                        when 'alt-home' then '01'
                        when 'snf' then '03'
                        when 'aadvice' then '07'
                        when 'exp' then '20'
                        when 'hosp' then '50'
                        when 'rehab' then '62'
                        when 'long' then '63'
                        when 'psy' then '65'
                    end
        end as discharge_disposition_code
    from staging.encounter as e
    anti join core.withheld_record as w
        on w.record_kind = 'encounter' and e.data_source = w.data_source and e.encounter_id = w.record_id
    where
        e.encounter_class = 'inpatient'
        and coalesce(e.status, 'finished') not in ('planned', 'cancelled', 'entered-in-error', 'proposed')
),

encounter_part as (
    select
        k.person_id,
        e.data_source,
        'clinical' as source,
        e.encounter_id as part_id,
        case when e.class_code = 'NONAC' then 'nonacute' else 'acute' end as stay_type,
        e.organization_id as place_id,
        o.organization_key,
        null as drg_code,
        e.reason_codes[1].system as diagnosis_system,
        e.reason_codes[1].code as principal_diagnosis_code,
        e.discharge_disposition_code,
        e.end_date is not null as has_left,
        false as is_transferred,
        e.start_date,
        greatest(e.end_date, e.start_date) as end_date
    from encounter as e
    inner join core.use_basis as u on e.data_source = u.data_source and u.basis = 'clinical'
    inner join core.person_key as k on e.data_source = k.data_source and e.source_person_id = k.source_person_id
    left join core.provider_organization as o
        on e.data_source = o.data_source and e.organization_id = o.provider_id
),

-- Of one stay told by two sources the claim knows the kind better; of several claims an acute one decides.
encounter_kind as (
    select
        e.data_source,
        e.part_id,
        case when bool_or(c.stay_type = 'acute') then 'acute' else min(c.stay_type) end as stay_type
    from encounter_part as e
    inner join claim_part as c
        on e.person_id = c.person_id and e.start_date <= c.end_date and c.start_date <= e.end_date
    where e.stay_type = 'acute'
    group by e.data_source, e.part_id
)

select p.*
from (
    select * from claim_part
    union all
    select e.* replace (coalesce(k.stay_type, e.stay_type) as stay_type)
    from encounter_part as e
    left join encounter_kind as k on e.data_source = k.data_source and e.part_id = k.part_id
) as p
inner join core.person as d on p.person_id = d.person_id
where p.start_date <= coalesce(d.death_date, p.start_date)
