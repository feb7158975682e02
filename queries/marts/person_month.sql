-- title:       People by month
-- question:    What did each person's care cost in each month, how often were they seen, and were they enrolled?
-- grain:       person_id, month_start
-- why:         One row for each month in which a person was enrolled, cost something or was seen. Cost as in
--     marts.cost_month, which says what counts; use counts by the same rule, in the month in which it began. Cost and
--     use that don't count are in the unenrolled_ columns: a rate never divides what people cost outside by the
--     months of people inside. has_medical is a member month, has_pharmacy a pharmacy member month; an inferred month
--     keeps its payer but is neither. visits are outpatient: office, telehealth, home and other. is_seen: any visit or
--     stay at all, counted or not.
with member as (
    select
        m.person_id,
        12 * m.year + m.month - 1 as month_number,
        m.payer_type,
        m.has_medical and m.enrolment_basis <> 'inferred' as has_medical,
        m.has_pharmacy and m.enrolment_basis <> 'inferred' as has_pharmacy
    from core.member_month as m
),

months_only as (
    select distinct
        m.person_id,
        m.year
    from core.member_month as m
    where m.enrolment_basis = 'months_only' and m.has_medical
),

cost as (
    select
        c.person_id,
        12 * c.year + c.month - 1 as month_number,
        sum(c.allowed_usd) filter (where c.is_counted and c.service_category <> 'pharmacy') as medical_allowed_usd,
        sum(c.paid_usd) filter (where c.is_counted and c.service_category <> 'pharmacy') as medical_paid_usd,
        sum(c.allowed_usd) filter (where c.is_counted and c.service_category = 'pharmacy') as pharmacy_allowed_usd,
        sum(c.paid_usd) filter (where c.is_counted and c.service_category = 'pharmacy') as pharmacy_paid_usd,
        sum(c.allowed_usd) filter (where not c.is_counted) as unenrolled_allowed_usd,
        sum(c.paid_usd) filter (where not c.is_counted) as unenrolled_paid_usd
    from marts.cost_month as c
    group by c.person_id, month_number
),

visit as (
    select
        v.person_id,
        12 * year(v.start_date) + month(v.start_date) - 1 as month_number,
        count(*) filter (where v.visit_type = 'emergency') as ed_visits,
        count(*) filter (where v.visit_type = 'inpatient') as inpatient_stays,
        count(*) filter (where v.visit_type in ('office', 'telehealth', 'home', 'other')) as visits
    from core.visit as v
    group by v.person_id, month_number
),

joined as (
    select
        coalesce(m.person_id, c.person_id, v.person_id) as person_id,
        coalesce(m.month_number, c.month_number, v.month_number) as month_number,
        m.payer_type,
        coalesce(m.has_medical, false) as has_medical,
        coalesce(m.has_pharmacy, false) as has_pharmacy,
        c.* exclude (person_id, month_number),
        v.person_id is not null as is_seen,
        coalesce(v.ed_visits, 0) as ed_visits,
        coalesce(v.inpatient_stays, 0) as inpatient_stays,
        coalesce(v.visits, 0) as visits
    from member as m
    full join cost as c on m.person_id = c.person_id and m.month_number = c.month_number
    full join visit as v
        on
            coalesce(m.person_id, c.person_id) = v.person_id
            and coalesce(m.month_number, c.month_number) = v.month_number
),

counted as (
    select
        j.*,
        j.has_medical or y.person_id is not null or e.person_id is null as is_counted
    from joined as j
    left join marts.enrolled_person as e on j.person_id = e.person_id
    left join months_only as y on j.person_id = y.person_id and j.month_number // 12 = y.year
)

select
    c.person_id,
    p.population,
    cast(c.month_number // 12 as integer) as year,
    cast(c.month_number % 12 + 1 as integer) as month,
    c.payer_type,
    c.has_medical,
    c.has_pharmacy,
    c.is_seen,
    cast(coalesce(c.medical_allowed_usd, 0) as decimal(18, 2)) as medical_allowed_usd,
    cast(coalesce(c.medical_paid_usd, 0) as decimal(18, 2)) as medical_paid_usd,
    cast(coalesce(c.pharmacy_allowed_usd, 0) as decimal(18, 2)) as pharmacy_allowed_usd,
    cast(coalesce(c.pharmacy_paid_usd, 0) as decimal(18, 2)) as pharmacy_paid_usd,
    cast(coalesce(c.unenrolled_allowed_usd, 0) as decimal(18, 2)) as unenrolled_allowed_usd,
    cast(coalesce(c.unenrolled_paid_usd, 0) as decimal(18, 2)) as unenrolled_paid_usd,
    case when c.is_counted then c.ed_visits else 0 end as ed_visits,
    case when c.is_counted then c.inpatient_stays else 0 end as inpatient_stays,
    case when c.is_counted then c.visits else 0 end as visits,
    case when c.is_counted then 0 else c.ed_visits end as unenrolled_ed_visits,
    case when c.is_counted then 0 else c.inpatient_stays end as unenrolled_inpatient_stays,
    case when c.is_counted then 0 else c.visits end as unenrolled_visits,
    make_date(cast(c.month_number // 12 as integer), cast(c.month_number % 12 + 1 as integer), 1) as month_start
from counted as c
left join core.person as p on c.person_id = p.person_id
