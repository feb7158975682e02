-- title:       Enrolment spans in Synthea's CSV files
-- grain:       data_source, source_person_id, member_id, payer, start_date, end_date
-- why:         A transition says from when to when a payer covered a person; the next one begins at the instant it
--     ends, so that day belongs to the next, and the last covered day is the one before. A transition that ends where
--     it begins covers no day. The payer NO_INSURANCE is being uninsured, which is no enrolment; where payers.csv
--     doesn't name the payer, a transition with neither member nor owner is taken for that. A secondary payer is an
--     enrolment of its own over the same days. The plan pays for drugs too: claims for drugs name the same payer.
with payer as (
    select
        p.data_source,
        p.id,
        p.name,
        case
            when lower(p.name) = 'medicare' then 'medicare'
            when lower(p.name) = 'medicaid' then 'medicaid'
            when lower(p.name) = 'dual eligible' then 'dual'
            when lower(p.ownership) = 'government' then 'other government'
            else 'commercial'
        end as payer_type
    from raw.synthea_csv_payers as p
),

transition as (
    select
        t.data_source,
        t.patient,
        t.memberid,
        t.payer,
        t.secondary_payer,
        cast(t.start as date) as start_date,
        cast(t.end as date) - 1 as end_date
    from raw.synthea_csv_payer_transitions as t
    left join payer as p on t.data_source = p.data_source and t.payer = p.id
    where
        case
            when p.id is not null then upper(p.name) <> 'NO_INSURANCE'
            else coalesce(t.memberid, t.ownership) is not null
        end
),

covered as (
    select t.data_source, t.patient, t.memberid, t.payer as payer_id, t.start_date, t.end_date
    from transition as t
    union
    select t.data_source, t.patient, t.memberid, t.secondary_payer as payer_id, t.start_date, t.end_date
    from transition as t
    where t.secondary_payer is not null
)

select distinct
    c.data_source,
    c.patient as source_person_id,
    c.memberid as member_id,
    p.name as payer,
    coalesce(p.payer_type, 'other') as payer_type,
    cast(null as varchar) as plan,
    c.start_date,
    c.end_date,
    'observed' as enrolment_basis,
    true as covers_medical,
    true as covers_pharmacy
from covered as c
left join payer as p on c.data_source = p.data_source and c.payer_id = p.id
where c.end_date is null or c.end_date >= c.start_date
