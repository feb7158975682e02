-- title:       Claims from before birth
-- question:    How many accepted claims begin before the person was born?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.1 % of claims
-- affects:     pmpm_usd, cost_distribution, service_category, groups
-- remedy:      Look for newborns billed under the mother's number, and for birth dates that stand for unknown ones.
-- why:         Either the birth date is wrong or the claim is another person's.
select
    c.data_source,
    count(*) filter (where c.claim_start_date < p.birth_date) as found_count,
    count(*) as checked_count
from core.claim as c
inner join core.person as p on c.person_id = p.person_id
where not c.is_denied and p.birth_date is not null
group by c.data_source
