-- title:       People by month
-- question:    What did each person's care cost in each month, and was the person enrolled in it?
-- grain:       person_id, month_start
-- why:         Costs are incurred: they belong to the month in which the service began, whenever it was paid. Denied
--     lines cost nothing. Where a person's source states enrolment, cost counts in the months with that cover, and
--     cost in any other month is kept apart as unenrolled: a rate never divides what people cost outside by the
--     months of people inside, and everything still adds up to what the files hold. Where no source states enrolment,
--     all cost counts, and there are no member months to divide it by.
with medical as (
    select
        l.person_id,
        12 * year(l.service_start_date) + month(l.service_start_date) - 1 as month_number,
        sum(l.allowed_usd) as allowed_usd,
        sum(l.paid_usd) as paid_usd
    from core.claim_line as l
    where not l.is_denied
    group by l.person_id, month_number
),

pharmacy as (
    select
        r.person_id,
        12 * year(r.dispensing_date) + month(r.dispensing_date) - 1 as month_number,
        sum(r.allowed_usd) as allowed_usd,
        sum(r.paid_usd) as paid_usd
    from core.pharmacy_line as r
    group by r.person_id, month_number
),

-- Only enrolment that a source states enters a rate; an inferred month keeps its payer but covers nothing here.
member as (
    select
        m.person_id,
        12 * m.year + m.month - 1 as month_number,
        m.payer,
        m.payer_type,
        m.has_medical and m.enrolment_basis <> 'inferred' as has_medical,
        m.has_pharmacy and m.enrolment_basis <> 'inferred' as has_pharmacy
    from core.member_month as m
),

enrolment_source as (
    select distinct e.data_source
    from core.eligibility as e
    where e.enrolment_basis <> 'inferred'
),

enrolment_person as (
    select distinct k.person_id
    from core.person_key as k
    semi join enrolment_source as s on k.data_source = s.data_source
),

joined as (
    select
        coalesce(e.person_id, m.person_id, r.person_id) as person_id,
        coalesce(e.month_number, m.month_number, r.month_number) as month_number,
        e.payer,
        e.payer_type,
        coalesce(e.has_medical, false) as has_medical,
        coalesce(e.has_pharmacy, false) as has_pharmacy,
        cast(coalesce(m.allowed_usd, 0) as decimal(18, 2)) as medical_usd,
        cast(coalesce(m.paid_usd, 0) as decimal(18, 2)) as medical_paid,
        cast(coalesce(r.allowed_usd, 0) as decimal(18, 2)) as pharmacy_usd,
        cast(coalesce(r.paid_usd, 0) as decimal(18, 2)) as pharmacy_paid
    from member as e
    full join medical as m on e.person_id = m.person_id and e.month_number = m.month_number
    full join pharmacy as r
        on
            coalesce(e.person_id, m.person_id) = r.person_id
            and coalesce(e.month_number, m.month_number) = r.month_number
),

counted as (
    select
        j.*,
        j.has_medical or p.person_id is null as counts_medical,
        j.has_pharmacy or p.person_id is null as counts_pharmacy
    from joined as j
    left join enrolment_person as p on j.person_id = p.person_id
    where j.month_number is not null
)

select
    c.person_id,
    cast(c.month_number // 12 as integer) as year,
    cast(c.month_number % 12 + 1 as integer) as month,
    c.payer,
    c.payer_type,
    c.has_medical,
    c.has_pharmacy,
    case when c.counts_medical then c.medical_usd else 0 end as medical_allowed_usd,
    case when c.counts_medical then c.medical_paid else 0 end as medical_paid_usd,
    case when c.counts_pharmacy then c.pharmacy_usd else 0 end as pharmacy_allowed_usd,
    case when c.counts_pharmacy then c.pharmacy_paid else 0 end as pharmacy_paid_usd,
    case when c.counts_medical then 0 else c.medical_usd end
    + case when c.counts_pharmacy then 0 else c.pharmacy_usd end as unenrolled_allowed_usd,
    case when c.counts_medical then 0 else c.medical_paid end
    + case when c.counts_pharmacy then 0 else c.pharmacy_paid end as unenrolled_paid_usd,
    make_date(cast(c.month_number // 12 as integer), cast(c.month_number % 12 + 1 as integer), 1) as month_start
from counted as c
