-- title:       Diagnoses of the other sex
-- question:    How many principal diagnoses that only one sex can have are on claims of the other?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   1 % of diagnoses
-- affects:     groups, measures
-- remedy:      Look for spouses on one contract number, and for sex codes read the wrong way round. People may also
--     have changed their recorded sex.
-- why:         Where this is common, claims are with the wrong person, or sex is.
-- see:         ICD-10-CM chapters O00–O9A, N70–N98, C51–C58 (female), N40–N53, C60–C63 (male)
select
    d.data_source,
    cast(
        coalesce(
            sum(d.row_count) filter (where (d.sex = 'male') = regexp_matches(d.code, '^(O[0-9A]|N[789]|C5[1-8])')), 0
        ) as bigint
    ) as found_count,
    cast(sum(d.row_count) as bigint) as checked_count
from marts.diagnosis_use as d
where
    d.code_system = 'ICD10CM'
    and d.sex in ('female', 'male')
    and regexp_matches(d.code, '^(O[0-9A]|N[789]|N4|C5[1-8]|C6[0-3])')
group by d.data_source
