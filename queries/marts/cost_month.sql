-- title:       Cost by person, month and category of service
-- question:    What did each person's care of each kind cost in each month, and does it count in a rate?
-- grain:       data_source, person_id, month_start, service_category
-- why:         The lines are added up once, here; every other table of cost adds up this one. Costs are incurred: they
--     belong to the month in which the service began, whenever it was paid; a line without any date belongs to none.
--     Denied lines cost nothing. is_counted: the person was enrolled for that kind of care (medical, pharmacy) in that
--     month; or a source gives enrolment as a number of months in the year only, and the person had at least one
--     (which months they were isn't known); or no source states enrolment. What isn't counted is kept apart as
--     unenrolled, so that everything still adds up to what the files hold.
with line_total as (
    select
        l.data_source,
        l.person_id,
        12 * year(l.service_start_date) + month(l.service_start_date) - 1 as month_number,
        l.service_category,
        count(*) as lines,
        sum(l.allowed_usd) as allowed_usd,
        sum(l.paid_usd) as paid_usd
    from core.claim_line as l
    where not l.is_denied and l.service_start_date is not null
    group by l.data_source, l.person_id, month_number, l.service_category
    union all
    select
        r.data_source,
        r.person_id,
        12 * year(r.dispensing_date) + month(r.dispensing_date) - 1 as month_number,
        'pharmacy' as service_category,
        count(*) as lines,
        sum(r.allowed_usd) as allowed_usd,
        sum(r.paid_usd) as paid_usd
    from core.pharmacy_line as r
    where r.dispensing_date is not null
    group by r.data_source, r.person_id, month_number
),

months_only as (
    select
        m.person_id,
        m.year,
        bool_or(m.has_medical) as has_medical,
        bool_or(m.has_pharmacy) as has_pharmacy
    from core.member_month as m
    where m.enrolment_basis = 'months_only'
    group by m.person_id, m.year
)

select
    t.data_source,
    t.person_id,
    cast(t.month_number // 12 as integer) as year,
    cast(t.month_number % 12 + 1 as integer) as month,
    coalesce(t.service_category, 'other') as service_category,
    case
        when e.person_id is null then true
        when t.service_category = 'pharmacy'
            then
                coalesce(m.has_pharmacy and m.enrolment_basis <> 'inferred', false) or coalesce(y.has_pharmacy, false)
        else coalesce(m.has_medical and m.enrolment_basis <> 'inferred', false) or coalesce(y.has_medical, false)
    end as is_counted,
    t.lines,
    cast(coalesce(t.allowed_usd, 0) as decimal(18, 2)) as allowed_usd,
    cast(coalesce(t.paid_usd, 0) as decimal(18, 2)) as paid_usd,
    make_date(cast(t.month_number // 12 as integer), cast(t.month_number % 12 + 1 as integer), 1) as month_start
from line_total as t
left join marts.enrolled_person as e on t.person_id = e.person_id
left join core.member_month as m
    on t.person_id = m.person_id and t.month_number // 12 = m.year and t.month_number % 12 + 1 = m.month
left join months_only as y on t.person_id = y.person_id and t.month_number // 12 = y.year
