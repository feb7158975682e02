-- title:       People and reporting periods
-- question:    How old is each person at the start and at the end of each reporting period?
-- grain:       person_id, period_start
-- why:         Age is in completed years: the birthday has come, or it is that day.
select
    person.person_id,
    period.period_start,
    period.period_end,
    person.sex_code,
    year(period.period_start) - year(person.birth_date)
    - case
        when
            (month(period.period_start), day(period.period_start)) < (month(person.birth_date), day(person.birth_date))
            then 1
        else 0
    end as age_at_start_years,
    year(period.period_end) - year(person.birth_date)
    - case
        when
            (month(period.period_end), day(period.period_end)) < (month(person.birth_date), day(person.birth_date))
            then 1
        else 0
    end as age_at_end_years
from core.person as person
cross join reference.period as period
where person.birth_date <= period.period_end
