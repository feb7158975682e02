-- title:       Linked people whose records contradict each other
-- question:    For how many people do the rows of their sources give different sexes, birth dates or death dates?
-- grain:       data_source, attribute
-- kind:        conformance
-- threshold:   0.1 % of people
-- not_fit:     5 % of people
-- affects:     people, groups, measures
-- remedy:      Check the crosswalk for people linked by mistake. Which value counts is stated in
--     queries/core/person.sql; core.person_conflict lists them.
-- why:         Two people joined into one get each other's care.
with linked as (
    select
        k.person_id,
        min(k.data_source) as data_source
    from core.person_key as k
    group by k.person_id
    having count(*) > 1
),

conflict as (
    select
        c.person_id,
        max(case when c.attribute = 'sex' then 1 else 0 end) as has_sex,
        max(case when c.attribute = 'birth_date' then 1 else 0 end) as has_birth_date,
        max(case when c.attribute = 'death_date' then 1 else 0 end) as has_death_date
    from core.person_conflict as c
    group by c.person_id
),

of_source as (
    select
        l.data_source,
        count(*) as people,
        coalesce(sum(c.has_sex), 0) as sex,
        coalesce(sum(c.has_birth_date), 0) as birth_date,
        coalesce(sum(c.has_death_date), 0) as death_date
    from linked as l
    left join conflict as c on l.person_id = c.person_id
    group by l.data_source
)

select o.data_source, 'sex' as attribute, o.sex as found_count, o.people as checked_count
from of_source as o
union all
select o.data_source, 'birth_date', o.birth_date, o.people
from of_source as o
union all
select o.data_source, 'death_date', o.death_date, o.people
from of_source as o
