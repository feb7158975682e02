-- title:       Member months
-- question:    In which months was each person enrolled, for medical care and for pharmacy, and who paid?
-- grain:       person_id, month_start
-- why:         The denominator of every cost and rate of use. A month counts whole if any day of it is enrolled, so the
--     months of birth, death, joining and leaving count whole, and once however many spans cover it; a month between
--     two spans is a gap. Medical and pharmacy cover are told apart. Where several payers cover a month, a span with
--     medical cover comes first, then who pays first: Medicare (also managed, and for people with both Medicare and
--     Medicaid), commercial and self-insured, marketplace, others, then Medicaid and CHIP as payers of last resort,
--     and no insurance last; then the span that began last; then the payer's name. A month is 'inferred' only if
--     nothing but inferred spans cover it; such months never enter a rate. Months before the first reporting period
--     aren't listed: a span since 1900 is no reason for a century of them.
with first_period as (
    select min(p.period_start) as period_start
    from reference.period as p
),

span as (
    select
        e.*,
        12 * year(greatest(e.start_date, f.period_start)) + month(greatest(e.start_date, f.period_start))
        - 1 as first_month,
        12 * year(e.end_date) + month(e.end_date) - 1 as last_month,
        -- A person's spans, the preferred first, so that a month only has to find its smallest number.
        row_number() over (
            partition by e.person_id
            order by
                e.enrolment_basis = 'inferred',
                not e.covers_medical,
                case e.payer_type
                    when 'medicare' then 1
                    when 'medicare advantage' then 1
                    when 'dual' then 1
                    when 'dual-eligible' then 1
                    when 'commercial' then 2
                    when 'self-insured' then 2
                    when 'marketplace' then 3
                    when 'medicaid' then 5
                    when 'chip' then 5
                    when 'self-pay' then 6
                    when 'uninsured' then 6
                    else 4
                end,
                e.start_date desc, e.payer, e.payer_type, e.plan, e.member_id, e.data_source, e.end_date
        ) as preference
    from core.eligibility as e
    cross join first_period as f
),

span_month as (
    select
        s.person_id,
        s.preference,
        s.enrolment_basis = 'inferred' as is_inferred,
        s.covers_medical,
        s.covers_pharmacy,
        unnest(range(s.first_month, s.last_month + 1)) as month_number
    from span as s
),

person_month as (
    select
        m.person_id,
        m.month_number,
        min(m.preference) as preference,
        coalesce(bool_or(m.covers_medical) filter (where not m.is_inferred), bool_or(m.covers_medical)) as has_medical,
        coalesce(
            bool_or(m.covers_pharmacy) filter (where not m.is_inferred), bool_or(m.covers_pharmacy)
        ) as has_pharmacy
    from span_month as m
    group by m.person_id, m.month_number
)

select
    m.person_id,
    cast(m.month_number // 12 as integer) as year,
    cast(m.month_number % 12 + 1 as integer) as month,
    s.payer,
    s.payer_type,
    s.enrolment_basis,
    m.has_medical,
    m.has_pharmacy,
    make_date(cast(m.month_number // 12 as integer), cast(m.month_number % 12 + 1 as integer), 1) as month_start
from person_month as m
inner join span as s on m.person_id = s.person_id and m.preference = s.preference
