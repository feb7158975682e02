-- title:       Records of one person that contradict each other
-- question:    Whose records give different sexes, birth dates or death dates, and which one counts?
-- grain:       person_id, attribute
-- why:         Linked records that contradict each other may be two people joined by mistake, who then get each other's
--     care. Each contradiction is listed with the data sources that state a value and the value that counts; the
--     rules are in core.person. A value that one record states and another leaves open contradicts nothing. A birth
--     date of 1 January against another day of the same year is no contradiction either: it stands for a year alone.
with repeated as (
    select k.person_id
    from core.person_key as k
    group by k.person_id
    having count(*) > 1
),

record as (
    select
        k.person_id,
        s.data_source,
        s.sex,
        s.birth_date,
        s.death_date
    from staging.person as s
    inner join core.person_key as k
        on s.data_source = k.data_source and s.source_person_id = k.source_person_id
    semi join repeated as m on k.person_id = m.person_id
),

stated as (
    select r.person_id, 'sex' as attribute, r.data_source, r.sex as value, r.sex as compared
    from record as r
    union all
    select
        r.person_id,
        'birth_date',
        r.data_source,
        cast(r.birth_date as varchar),
        case
            when month(r.birth_date) = 1 and day(r.birth_date) = 1 and year(r.birth_date) = year(p.birth_date)
                then cast(p.birth_date as varchar)
            else cast(r.birth_date as varchar)
        end
    from record as r
    inner join core.person as p on r.person_id = p.person_id
    union all
    select r.person_id, 'death_date', r.data_source, cast(r.death_date as varchar), cast(r.death_date as varchar)
    from record as r
),

conflict as (
    select
        s.person_id,
        s.attribute,
        list_sort(list(distinct s.data_source)) as data_sources,
        list_sort(list(distinct s.value)) as stated_values
    from stated as s
    where s.value is not null
    group by s.person_id, s.attribute
    having count(distinct s.compared) > 1
)

select
    c.person_id,
    c.attribute,
    c.data_sources,
    c.stated_values,
    case c.attribute
        when 'sex' then p.sex
        when 'birth_date' then cast(p.birth_date as varchar)
        else cast(p.death_date as varchar)
    end as kept_value
from conflict as c
inner join core.person as p on c.person_id = p.person_id
