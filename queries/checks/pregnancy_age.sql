-- title:       Pregnancies at an implausible age
-- question:    How many principal diagnoses of pregnancy and birth are on claims of people younger than 9 or older than
--     64?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.5 % of diagnoses
-- affects:     groups, measures
-- remedy:      Look for newborns billed with the mother's codes, and for birth dates of the wrong person.
-- why:         Where this is common, claims are with the wrong person, or birth dates are.
-- see:         CMS, Definitions of Medicare Code Edits: maternity age edit, 9 to 64 years
select
    d.data_source,
    cast(coalesce(sum(d.row_count) filter (where d.age_years < 9 or d.age_years > 64), 0) as bigint) as found_count,
    cast(sum(d.row_count) as bigint) as checked_count
from marts.diagnosis_use as d
where d.code_system = 'ICD10CM' and d.age_years is not null and regexp_matches(d.code, '^O[0-9A]')
group by d.data_source
