-- title:       Enrolment spans, judged
-- question:    How many enrolment spans of each source are of people and dates that can't be?
-- grain:       data_source
-- why:         One pass over all spans as delivered; each check of spans reads its own two columns. Where only the
--     number of months is known, spans have no dates of their own.
select
    s.data_source,
    count(*) as spans,
    count(*) filter (where k.person_id is null) as spans_without_person,
    count(*) filter (where s.enrolment_basis is distinct from 'months_only') as dated_spans,
    count(*) filter (
        where
        s.enrolment_basis is distinct from 'months_only'
        and (s.start_date is null or s.end_date < s.start_date)
    ) as reversed_spans,
    count(*) filter (
        where s.enrolment_basis is distinct from 'months_only' and s.end_date = s.start_date
    ) as spans_of_a_day
from staging.eligibility as s
left join core.person_key as k on s.data_source = k.data_source and s.source_person_id = k.source_person_id
group by s.data_source
