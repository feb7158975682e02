-- title:       Advanced illness with frailty, from 66 years
-- question:    Who, aged 66 or older at the end of the period, is both frail and seriously ill?
-- grain:       person_id, period_start
-- why:         Neither sign is enough alone; both together take a person out of the measure.
select
    person.person_id,
    person.period_start,
    list_concat(frailty.reasons, illness.reasons) as reasons,
    greatest(frailty.evidence_date, illness.evidence_date) as evidence_date
from blocks.person_period as person
inner join blocks.frailty as frailty
    on
        person.person_id = frailty.person_id
        and person.period_start = frailty.period_start
inner join blocks.advanced_illness as illness
    on
        person.person_id = illness.person_id
        and person.period_start = illness.period_start
where person.age_at_end_years >= 66
