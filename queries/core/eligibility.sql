-- title:       Enrolment spans
-- question:    From when to when was each person enrolled, with whom, and for what?
-- grain:       person_id, data_source, member_id, payer, plan, payer_type, enrolment_basis, start_date, end_date
-- why:         Spans are cut to the time that can hold care: not before birth, not after death, not after the end of
--     the source's data (core.data_through), which is also where an open span ends. What nothing is left of is
--     dropped, and so is a span that ends before it begins. A stated number of months (basis months_only) is kept
--     whole, since its days mean nothing. Where a source doesn't say what a span covers, it covers medical care, and
--     pharmacy if the source has pharmacy claims. Someone uninsured or paying alone has no cover: such a span names
--     the payer group and gives no member month. Rows that say the same span for different cover are one span that
--     covers both. A payer type that is none of the listed words is other: free text could name a person, and these
--     name groups on pages.
with pharmacy_source as (
    select distinct r.data_source
    from staging.pharmacy_claim as r
),

last_period as (
    select max(p.period_end) as period_end
    from reference.period as p
),

span as (
    select
        k.person_id,
        e.data_source,
        e.member_id,
        e.payer,
        e.plan,
        case
            when
                e.payer_type in (
                    'chip', 'commercial', 'dual', 'dual-eligible', 'marketplace', 'medicaid', 'medicare',
                    'medicare advantage', 'other government', 'self-insured', 'self-pay', 'tricare', 'uninsured',
                    'veterans affairs', 'workers compensation'
                )
                then e.payer_type
            else 'other'
        end as payer_type,
        coalesce(e.enrolment_basis, 'observed') as enrolment_basis,
        coalesce(e.covers_medical, true) as covers_medical,
        coalesce(e.covers_pharmacy, x.data_source is not null) as covers_pharmacy,
        case
            when e.enrolment_basis = 'months_only' then e.start_date else greatest(e.start_date, p.birth_date)
        end as start_date,
        case
            when e.enrolment_basis = 'months_only' then e.end_date
            else least(e.end_date, p.death_date, coalesce(t.data_through_date, l.period_end))
        end as end_date
    from staging.eligibility as e
    inner join core.person_key as k on e.data_source = k.data_source and e.source_person_id = k.source_person_id
    inner join core.person as p on k.person_id = p.person_id
    left join core.data_through as t on e.data_source = t.data_source
    left join pharmacy_source as x on e.data_source = x.data_source
    cross join last_period as l
    where e.start_date is not null and e.start_date <= coalesce(e.end_date, e.start_date)
)

select
    s.person_id,
    s.data_source,
    s.member_id,
    s.payer,
    s.payer_type,
    s.plan,
    s.enrolment_basis,
    bool_or(s.covers_medical and s.payer_type not in ('self-pay', 'uninsured')) as covers_medical,
    bool_or(s.covers_pharmacy and s.payer_type not in ('self-pay', 'uninsured')) as covers_pharmacy,
    s.start_date,
    s.end_date
from span as s
where s.start_date <= s.end_date
group by
    s.person_id, s.data_source, s.member_id, s.payer, s.payer_type, s.plan, s.enrolment_basis, s.start_date, s.end_date
