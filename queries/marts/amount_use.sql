-- title:       Amounts of claim lines, judged
-- question:    How many accepted claim lines of each source have amounts, dates and shares that can or can't be?
-- grain:       data_source
-- why:         One pass over all lines; each check of amounts reads its own two columns. A line is compared only where
--     both amounts are known.
select
    l.data_source,
    count(*) as lines,
    count(*) filter (where l.is_denied) as denied_lines,
    count(*) filter (where not l.is_denied) as accepted_lines,
    count(*) filter (where not l.is_denied and l.service_start_date is null) as undated_lines,
    count(*) filter (where not l.is_denied and l.paid_usd is null and l.allowed_usd is null) as lines_without_amount,
    count(l.paid_usd) filter (where not l.is_denied) as lines_with_paid,
    count(*) filter (where not l.is_denied and l.paid_usd = 0) as lines_paid_zero,
    count(l.allowed_usd) filter (where not l.is_denied) as lines_with_allowed,
    count(*) filter (where not l.is_denied and l.paid_usd > l.allowed_usd) as lines_paid_above_allowed,
    count(l.charge_usd) filter (where not l.is_denied and l.allowed_usd is not null) as lines_with_allowed_and_charge,
    count(*) filter (where not l.is_denied and l.allowed_usd > l.charge_usd) as lines_allowed_above_charge,
    count(*) filter (where not l.is_denied and (l.paid_usd < 0 or l.allowed_usd < 0)) as negative_lines,
    count(*) filter (where not l.is_denied and (l.allowed_usd > 2000000 or l.paid_usd > 2000000)) as huge_lines
from core.claim_line as l
group by l.data_source
