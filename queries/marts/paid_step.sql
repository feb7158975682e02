-- title:       Payments from delivered to counted
-- question:    What becomes of each dollar that a source says was paid, until it counts on a page?
-- grain:       data_source, year, claim_kind, step
-- why:         The reconciliation of money, to the cent: delivered is the sum of all other steps, and counted is what
--     the pages' amounts add up to. A row of money ends in the first step that fits: cancelled (cancelled, draft or
--     erroneous rows); no_person (people whom no file describes); linked_copy (a linked source tells the same claim,
--     core.repeated_claim); reversed_or_resent (adjusted lines: what came less what is left, and lone reversals);
--     repeated_header (a claim's amounts repeated on its lines); denied; undated (no date of service); outside_periods
--     (a year that isn't reported); not_present (before birth or after death, in a year of which the person is no
--     part); unenrolled (outside member months, where a source states enrolment); counted. year is that of the service,
--     null where there is none. lines add up the same way. paid_contribution_usd is what single people add, as in
--     cubes.use.
with late_line as (
    select
        l.data_source,
        year(l.service_start_date) as year,
        'medical' as claim_kind,
        case when l.is_denied then 'denied' else 'undated' end as step,
        l.person_id,
        1 as lines,
        l.paid_usd
    from core.claim_line as l
    where l.is_denied or l.service_start_date is null
    union all
    select
        r.data_source,
        null as year,
        'pharmacy' as claim_kind,
        'undated' as step,
        r.person_id,
        1 as lines,
        r.paid_usd
    from core.pharmacy_line as r
    where r.dispensing_date is null
),

month as (
    select
        c.data_source,
        c.year,
        case when c.service_category = 'pharmacy' then 'pharmacy' else 'medical' end as claim_kind,
        case
            when p.year is null then 'outside_periods'
            when not coalesce(y.is_present, false) then 'not_present'
            when not c.is_counted then 'unenrolled'
            else 'counted'
        end as step,
        c.person_id,
        c.lines,
        c.paid_usd
    from marts.cost_month as c
    left join reference.period as p on c.year = p.year
    left join marts.person_year as y on c.person_id = y.person_id and c.year = y.year
),

person_step as (
    select
        l.data_source,
        l.year,
        l.claim_kind,
        l.step,
        l.person_id,
        sum(l.lines) as lines,
        sum(l.paid_usd) as paid_usd,
        nullif(abs(sum(l.paid_usd)), 0) as paid
    from (
        select * from late_line
        union all
        select * from month
    ) as l
    group by l.data_source, l.year, l.claim_kind, l.step, l.person_id
),

each_step as (
    select
        l.data_source,
        cast(l.year as integer) as year,
        l.claim_kind,
        l.step,
        count(l.person_id) as people,
        cast(sum(l.lines) as bigint) as lines,
        cast(coalesce(sum(l.paid_usd), 0) as decimal(18, 2)) as paid_usd,
        cast([sum(l.paid), max(l.paid), max(l.paid, 2)[2], 0, count(l.paid)] as double[]) as paid_contribution_usd
    from person_step as l
    group by l.data_source, l.year, l.claim_kind, l.step
    union all
    select s.data_source, s.year, s.claim_kind, s.step, s.people, s.lines, s.paid_usd, s.paid_contribution_usd
    from marts.paid_settling as s
)

select
    e.data_source,
    p.population,
    e.year,
    e.claim_kind,
    e.step,
    cast(list_position(
        [
            'delivered', 'cancelled', 'no_person', 'linked_copy', 'reversed_or_resent', 'repeated_header', 'denied',
            'undated', 'outside_periods', 'not_present', 'unenrolled', 'counted'
        ],
        e.step
    ) as tinyint) as step_number,
    e.people,
    e.lines,
    e.paid_usd,
    e.paid_contribution_usd
from each_step as e
left join core.population as p on e.data_source = p.data_source
