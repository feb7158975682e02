-- title:       Linked people whose records contradict each other
-- question:    For how many people do the rows of their sources give different sexes, birth dates or death dates?
-- grain:       attribute
-- kind:        conformance
-- threshold:   0.1 % of people
-- remedy:      Check the crosswalk for people linked by mistake. Which row counts is stated in
--     queries/core/person.sql.
-- why:         Two people joined into one get each other's care.
with linked as (
    select
        k.person_id,
        count(distinct s.sex) as sexes,
        count(distinct s.birth_date) as birth_dates,
        count(distinct s.death_date) as death_dates
    from staging.person as s
    inner join core.person_key as k on s.data_source = k.data_source and s.source_person_id = k.source_person_id
    group by k.person_id
    having count(*) > 1
),

attribute as (
    select 'sex' as attribute, count(*) filter (where l.sexes > 1) as found_count, count(*) as checked_count
    from linked as l
    union all
    select 'birth_date', count(*) filter (where l.birth_dates > 1), count(*)
    from linked as l
    union all
    select 'death_date', count(*) filter (where l.death_dates > 1), count(*)
    from linked as l
)

select a.attribute, a.found_count, a.checked_count
from attribute as a
where a.found_count > 0
