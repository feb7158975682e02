-- title:       Enrolment spans that overlap
-- question:    How many medical spans overlap an earlier span of the same person, source and payer?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   5 % of spans
-- affects:     member_months
-- remedy:      Nothing, where people have two plans of one payer. Otherwise ask why spans were sent twice.
-- why:         Overlapping months count once here. Many overlaps mean that spans were sent again without ending the old
--     ones.
with span as (
    select
        e.data_source,
        e.start_date,
        max(e.end_date) over (
            partition by e.data_source, e.person_id, e.payer order by e.start_date, e.end_date
            rows between unbounded preceding and 1 preceding
        ) as reached_date
    from core.eligibility as e
    where e.covers_medical and e.enrolment_basis = 'observed'
)

select
    s.data_source,
    count(*) filter (where s.start_date <= s.reached_date) as found_count,
    count(*) as checked_count
from span as s
group by s.data_source
