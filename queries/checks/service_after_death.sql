-- title:       Claims for services after death
-- question:    How many accepted claims begin after the person's date of death?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.1 % of claims
-- not_fit:     2 % of claims
-- affects:     pmpm_usd, cost_distribution, service_category, member_months
-- remedy:      Compare the death dates with the enrolment file; a wrong one ends member months too early.
-- why:         Death ends enrolment and use here. If the date is wrong, cost without member months is the result.
select
    c.data_source,
    count(*) filter (where c.claim_start_date > p.death_date) as found_count,
    count(*) as checked_count
from core.claim as c
inner join core.person as p on c.person_id = p.person_id
where not c.is_denied
group by c.data_source
