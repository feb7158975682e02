-- title:       Present people without an organization
-- question:    For how many people present in a year does no organization answer?
-- grain:       data_source, year
-- kind:        completeness
-- threshold:   30 % of people
-- affects:     attribution
-- remedy:      Supply the payer's attribution list, or a provider file that links practitioners to organizations.
-- why:         Nobody works through the care gaps of people who belong to no organization. A source without any
--     outpatient care or attribution list can't say who answers for whom; that is a capability, not an error.
select
    d.data_source,
    p.year,
    count(*) filter (where p.organization_key is null) as found_count,
    count(*) as checked_count
from marts.person_year as p
inner join core.person as d on p.person_id = d.person_id
where
    p.is_present
    and (
        d.data_source in (
            select c.data_source
            from core.source_capability as c
            where c.capability = 'outpatient' and c.is_available
        )
        or d.data_source in (select a.data_source from staging.attribution as a)
    )
group by d.data_source, p.year
