-- title:       Observations after death
-- question:    How many observations of people who died lie more than 30 days after the date of death?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   1 % of observations
-- affects:     measures
-- remedy:      Compare the death dates with the source's own; a certificate or an autopsy is no finding within 30 days.
-- why:         What happens long after a death is another person's, or the death is.
select
    p.data_source,
    count(*) filter (where cast(r.effective_start_at as date) > p.death_date + 30) as found_count,
    count(*) as checked_count
from core.observation as r
inner join core.person as p on r.person_id = p.person_id
where p.death_date is not null
group by p.data_source
