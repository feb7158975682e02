-- Enrolment: up to three spans of whole months each, with gaps and changes of payer between them.
with month as (
    select
        h.*,
        greatest(0, (year(h.birth_date) - 2023) * 12 + month(h.birth_date) - 1) as birth_month,
        (year(h.birth_date) + 65 - 2023) * 12 + month(h.birth_date) - 1 as month_65,
        coalesce((year(h.death_date) - 2023) * 12 + month(h.death_date), 36) as death_month,
        draw('coverage', h.person) as coverage_draw,
        draw('payer', h.person) as payer_draw,
        draw('break', h.person) as break_draw
    from home as h
),

bounded as (
    select
        *,
        case
            when birth_month > 0 then birth_month
            when part(coverage_draw, 0) < 0.80 then 0
            else greatest(0, least(floor(part(coverage_draw, 1) * 34)::integer, death_month - 1))
        end as entry_month
    from month
),

-- Cumulative shares of payer types by age group and deprivation; the rest is commercial.
share as (
    select
        m.age_group,
        q.deprivation,
        m.payer_type,
        (m.share_pct::double + m.per_quintile_pct::double * q.deprivation) / 100 as share
    from parameter.payer_mix as m
    cross join (values (1), (2), (3), (4), (5)) as q (deprivation)
),

mix as (
    select
        age_group,
        deprivation,
        coalesce(sum(share) filter (where payer_type = 'medicaid'), 0) as medicaid_to,
        coalesce(sum(share) filter (where payer_type in ('medicaid', 'medicare')), 0) as medicare_to,
        coalesce(sum(share) filter (where payer_type <> 'self-insured'), 0) as marketplace_to,
        coalesce(sum(share), 0) as self_insured_to
    from share
    group by age_group, deprivation
),

insured as (
    select
        b.*,
        greatest(
            b.entry_month + 1,
            least(
                death_month,
                case
                    when part(coverage_draw, 2) < 0.84 then 36
                    else b.entry_month + 1 + floor(part(coverage_draw, 3) * (36 - b.entry_month))::integer
                end
            )
        ) as exit_month,
        m.medicaid_to,
        m.medicare_to,
        m.marketplace_to,
        m.self_insured_to
    from bounded as b
    inner join mix as m
        on
            case when b.age >= 65 then 'senior' when b.age >= 18 then 'adult' else 'child' end = m.age_group
            and b.deprivation = m.deprivation
),

chosen as (
    select
        * exclude (medicaid_to, medicare_to, marketplace_to, self_insured_to),
        case
            when part(payer_draw, 0) < medicaid_to then 'medicaid'
            when part(payer_draw, 0) < medicare_to then 'medicare'
            when part(payer_draw, 0) < marketplace_to then 'marketplace'
            when part(payer_draw, 0) < self_insured_to then 'self-insured'
            else 'commercial'
        end as payer_type_1,
        case
            when part(payer_draw, 1) < medicaid_to then 'medicaid'
            when part(payer_draw, 1) < medicare_to then 'medicare'
            when part(payer_draw, 1) < marketplace_to then 'marketplace'
            when part(payer_draw, 1) < self_insured_to then 'self-insured'
            else 'commercial'
        end as payer_type_2
    from insured
),

broken as (
    select
        *,
        month_65 > entry_month and month_65 < exit_month as turns_65,
        exit_month - entry_month > 6
        and part(break_draw, 0)
        < case payer_type_1 when 'medicaid' then 0.42 when 'medicare' then 0.06 else 0.20 end as has_break
    from chosen
),

placed as (
    select
        *,
        case
            when turns_65 then month_65
            when has_break then entry_month + 2 + floor(part(break_draw, 1) * (exit_month - entry_month - 4))::integer
        end as break_1,
        case
            when turns_65 then 0
            when payer_type_1 = 'medicaid' then floor(part(break_draw, 2) * 7)::integer
            else floor(part(break_draw, 2) * 3)::integer
        end as gap_1
    from broken
),

again as (
    select
        *,
        case
            when break_1 + gap_1 + 4 < exit_month and part(break_draw, 3) < 0.25
                then
                    break_1
                    + gap_1
                    + 2
                    + floor(uniform('second break', person) * (exit_month - break_1 - gap_1 - 3))::integer
        end as break_2
    from placed
),

spanned as (
    select
        *,
        greatest(month_start(entry_month), birth_date) as start_1,
        month_start(least(coalesce(break_1, exit_month), exit_month)) - 1 as end_1,
        case when break_1 + gap_1 < exit_month then month_start(break_1 + gap_1) end as start_2,
        case when break_1 + gap_1 < exit_month then month_start(coalesce(break_2, exit_month)) - 1 end as end_2,
        case when break_2 + 1 < exit_month then month_start(break_2 + 1) end as start_3,
        case when break_2 + 1 < exit_month then month_start(exit_month) - 1 end as end_3,
        case when turns_65 then 'medicare' else payer_type_2 end as next_payer_type
    from again
),

counted as (
    select
        *,
        -- nothing happens on days after a death, though the last month stays covered
        greatest(0, least(end_1, coalesce(death_date, end_1)) - start_1 + 1)::integer as days_1,
        coalesce(greatest(0, least(end_2, coalesce(death_date, end_2)) - start_2 + 1), 0)::integer as days_2,
        coalesce(greatest(0, least(end_3, coalesce(death_date, end_3)) - start_3 + 1), 0)::integer as days_3
    from spanned
)

select
    c.* exclude (coverage_draw, payer_draw, break_draw, payer_type_1, payer_type_2, next_payer_type),
    c.payer_type_1::payer_type as payer_type,
    c.days_1 + c.days_2 + c.days_3 as days,
    p1.plan_number as plan_1,
    p2.plan_number as plan_2,
    uniform('pharmacy', c.person) < 0.93 as covers_pharmacy,
    c.payer_type_1 = 'medicare' and uniform('dual', c.person) < 0.06 + 0.03 * c.deprivation as is_dual
from counted as c
inner join lookup.plan_slot as p1
    on c.payer_type_1 = p1.payer_type::varchar and pick(draw('plan', c.person), 100) = p1.slot
inner join lookup.plan_slot as p2
    on c.next_payer_type = p2.payer_type::varchar and pick(draw('next plan', c.person), 100) = p2.slot
order by c.person
