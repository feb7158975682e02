-- title:       Living in a nursing home, from 66 years
-- question:    Who, aged 66 or older at the end of the period, was last known to live in a nursing home?
-- grain:       person_id, period_start
-- valuesets:   LOINC|71802-3; SNOMEDCT|160734000
-- why:         The last answer on housing by the end of the period decides, however old it is, and whatever it says. Of
--     answers that ended at the same moment, the one issued last decides; then the one with the last id.
with last_answer as (
    select
        answer.person_id,
        period.period_start,
        array_contains(answer.value_in, 'SNOMEDCT|160734000') as is_nursing_home,
        answer.end_date as evidence_date
    from marts.event as answer
    inner join reference.period as period on answer.end_date <= period.period_end
    where
        answer.event_kind = 'observation'
        and answer.valueset = 'LOINC|71802-3'
        and answer.is_valid
    qualify
        row_number() over (
            partition by answer.person_id, period.period_start
            order by answer.end_at desc, answer.recorded_at desc nulls last, answer.event_id desc
        ) = 1
)

select
    person.person_id,
    person.period_start,
    last_answer.evidence_date
from blocks.person_period as person
inner join last_answer
    on
        person.person_id = last_answer.person_id
        and person.period_start = last_answer.period_start
where
    person.age_at_end_years >= 66
    and last_answer.is_nursing_home
