-- title:       Newborns who aren't
-- question:    How many principal diagnoses of a birth are on claims of people who are a year old or older?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   1 % of diagnoses
-- affects:     groups, measures
-- remedy:      Look for the newborn's claim under the mother's number.
-- why:         The code for a liveborn infant is the infant's own. On an adult it is the mother's claim or the wrong
--     person's.
-- see:         CMS, Definitions of Medicare Code Edits: perinatal and newborn age edit, age 0
select
    d.data_source,
    cast(coalesce(sum(d.row_count) filter (where d.age_years > 0), 0) as bigint) as found_count,
    cast(sum(d.row_count) as bigint) as checked_count
from marts.diagnosis_use as d
where d.code_system = 'ICD10CM' and d.age_years is not null and regexp_matches(d.code, '^Z38')
group by d.data_source
