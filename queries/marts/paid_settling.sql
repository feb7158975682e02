-- title:       What becomes of delivered payments before a line stands
-- question:    How much of each source's payments is cancelled, of unknown people, told twice, reversed or repeated?
-- grain:       data_source, year, claim_kind, step
-- why:         The first half of marts.paid_step: from the rows as delivered to the lines of core.claim_line and
--     core.pharmacy_line. The year is that of the row's own service; a replacement may belong to another year than what
--     it replaces, and each side stays in its own. reversed_or_resent is what the versions of adjusted lines came with,
--     less what was left of them, and reversals without an original. repeated_header is money that repeats the claim's
--     on further lines; the lines themselves go on, so none is counted here. What the build withholds
--     (core.withheld_record) was never delivered, as everywhere. paid_contribution_usd is what single people add, as in
--     cubes.use.
with medical as not materialized (
    select
        m.data_source,
        m.source_person_id,
        m.claim_id,
        m.claim_type,
        coalesce(m.claim_line_number, 1) as line_number,
        coalesce(m.status, 'active') in ('cancelled', 'draft', 'entered-in-error') as is_cancelled,
        coalesce(m.adjustment_type in ('reversal', 'void', 'cancellation'), false)
        or coalesce(ends_with(m.bill_type_code, '8'), false) as is_stated_reversal,
        year(coalesce(m.claim_line_start_date, m.claim_start_date, m.admission_date)) as year,
        m.paid_usd
    from staging.medical_claim as m
    anti join core.withheld_record as w
        on w.record_kind = 'medical_claim' and m.data_source = w.data_source and m.claim_id = w.record_id
),

fill as not materialized (
    select
        r.data_source,
        r.source_person_id,
        r.claim_id,
        year(r.dispensing_date) as year,
        r.paid_usd
    from staging.pharmacy_claim as r
    anti join core.withheld_record as w
        on w.record_kind = 'pharmacy_claim' and r.data_source = w.data_source and r.claim_id = w.record_id
),

person_total as (
    select
        'medical' as claim_kind,
        m.data_source,
        m.source_person_id,
        m.year,
        m.is_cancelled,
        count(*) as lines,
        sum(m.paid_usd) as paid_usd
    from medical as m
    group by m.data_source, m.source_person_id, m.year, m.is_cancelled
    union all
    select
        'pharmacy' as claim_kind,
        f.data_source,
        f.source_person_id,
        f.year,
        false as is_cancelled,
        count(*) as lines,
        sum(f.paid_usd) as paid_usd
    from fill as f
    group by f.data_source, f.source_person_id, f.year
),

-- Rows of known people that aren't cancelled: what was told twice, and what the versions of adjusted lines came with.
linked_copy as (
    select 'medical' as claim_kind, m.data_source, m.source_person_id, m.year, 1 as lines, m.paid_usd
    from medical as m
    semi join core.repeated_claim as g
        on g.record_kind = 'medical_claim' and m.data_source = g.data_source and m.claim_id = g.claim_id
    where not m.is_cancelled
    union all
    select 'pharmacy' as claim_kind, f.data_source, f.source_person_id, f.year, 1 as lines, f.paid_usd
    from fill as f
    semi join core.repeated_claim as g
        on g.record_kind = 'pharmacy_claim' and f.data_source = g.data_source and f.claim_id = g.claim_id
),

version as (
    select
        v.data_source,
        v.source_person_id,
        v.claim_id,
        year(coalesce(v.claim_line_start_date, v.claim_start_date, v.admission_date)) as year,
        1 as lines,
        v.delivered_paid_usd as paid_usd
    from core.claim_line_version as v
    union all
    select
        s.data_source,
        s.source_person_id,
        s.claim_id,
        year(coalesce(s.claim_line_start_date, s.claim_start_date, s.admission_date)) as year,
        -1 as lines,
        -s.paid_usd as paid_usd
    from core.settled_line as s
),

reversed as (
    select 'medical' as claim_kind, v.data_source, v.source_person_id, v.year, v.lines, v.paid_usd
    from version as v
    anti join core.withheld_record as w
        on w.record_kind = 'medical_claim' and v.data_source = w.data_source and v.claim_id = w.record_id
    anti join core.repeated_claim as g
        on g.record_kind = 'medical_claim' and v.data_source = g.data_source and v.claim_id = g.claim_id
    union all
    select 'medical' as claim_kind, m.data_source, m.source_person_id, m.year, 1 as lines, m.paid_usd
    from medical as m
    anti join core.irregular_claim as i on m.data_source = i.data_source and m.claim_id = i.claim_id
    anti join core.repeated_claim as g
        on g.record_kind = 'medical_claim' and m.data_source = g.data_source and m.claim_id = g.claim_id
    where m.is_stated_reversal and not m.is_cancelled
    union all
    select 'pharmacy' as claim_kind, f.data_source, f.source_person_id, f.year, 1 as lines, f.paid_usd
    from fill as f
    semi join core.irregular_fill as i on f.data_source = i.data_source and f.claim_id = i.claim_id
    anti join core.repeated_claim as g
        on g.record_kind = 'pharmacy_claim' and f.data_source = g.data_source and f.claim_id = g.claim_id
),

-- The other side of settled fills: what stands of them.
settled_fill as (
    select
        'pharmacy' as claim_kind,
        r.data_source,
        cast(r.person_id as varchar) as source_person_id,
        year(r.dispensing_date) as year,
        -1 as lines,
        -r.paid_usd as paid_usd
    from core.pharmacy_line as r
    semi join core.irregular_fill as i on r.data_source = i.data_source and r.claim_id = i.claim_id
),

repeated_header as (
    select 'medical' as claim_kind, m.data_source, m.source_person_id, m.year, 0 as lines, m.paid_usd
    from medical as m
    semi join core.header_amount_source as h on m.data_source = h.data_source
    anti join core.irregular_claim as i on m.data_source = i.data_source and m.claim_id = i.claim_id
    anti join core.repeated_claim as g
        on g.record_kind = 'medical_claim' and m.data_source = g.data_source and m.claim_id = g.claim_id
    where
        m.claim_type = 'institutional' and m.line_number <> 1 and not m.is_stated_reversal and not m.is_cancelled
    union all
    select
        'medical' as claim_kind,
        s.data_source,
        s.source_person_id,
        year(coalesce(s.claim_line_start_date, s.claim_start_date, s.admission_date)) as year,
        0 as lines,
        s.paid_usd
    from core.settled_line as s
    semi join core.header_amount_source as h on s.data_source = h.data_source
    anti join core.withheld_record as w
        on w.record_kind = 'medical_claim' and s.data_source = w.data_source and s.claim_id = w.record_id
    anti join core.repeated_claim as g
        on g.record_kind = 'medical_claim' and s.data_source = g.data_source and s.claim_id = g.claim_id
    where s.claim_type = 'institutional' and s.line_number <> s.first_line_number
),

known_step as (
    select 'linked_copy' as step, c.*
    from linked_copy as c
    semi join core.person_key as k on c.data_source = k.data_source and c.source_person_id = k.source_person_id
    union all
    select 'reversed_or_resent' as step, r.*
    from reversed as r
    semi join core.person_key as k on r.data_source = k.data_source and r.source_person_id = k.source_person_id
    union all
    select 'reversed_or_resent' as step, f.*
    from settled_fill as f
    union all
    select 'repeated_header' as step, h.*
    from repeated_header as h
    semi join core.person_key as k on h.data_source = k.data_source and h.source_person_id = k.source_person_id
),

each_step as (
    select 'delivered' as step, p.* exclude (is_cancelled)
    from person_total as p
    union all
    select 'cancelled' as step, p.* exclude (is_cancelled)
    from person_total as p
    where p.is_cancelled
    union all
    select 'no_person' as step, p.* exclude (is_cancelled)
    from person_total as p
    anti join core.person_key as k on p.data_source = k.data_source and p.source_person_id = k.source_person_id
    where not p.is_cancelled
    union all
    select *
    from known_step
),

person_step as (
    select
        e.data_source,
        e.year,
        e.claim_kind,
        e.step,
        e.source_person_id,
        sum(e.lines) as lines,
        sum(e.paid_usd) as paid_usd,
        nullif(abs(sum(e.paid_usd)), 0) as paid
    from each_step as e
    group by e.data_source, e.year, e.claim_kind, e.step, e.source_person_id
)

select
    e.data_source,
    cast(e.year as integer) as year,
    e.claim_kind,
    e.step,
    count(e.source_person_id) as people,
    cast(sum(e.lines) as bigint) as lines,
    cast(coalesce(sum(e.paid_usd), 0) as decimal(18, 2)) as paid_usd,
    cast([sum(e.paid), max(e.paid), max(e.paid, 2)[2], 0, count(e.paid)] as double[]) as paid_contribution_usd
from person_step as e
group by e.data_source, e.year, e.claim_kind, e.step
