-- title:       Discharge statuses that the billing form doesn't know
-- question:    How many accepted claims carry a patient status that isn't on the UB-04's list?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0.5 % of claims
-- affects:     readmission_rate, inpatient_stays_per_1000
-- remedy:      Keep leading zeros, and map local words to the two digits of the UB-04.
-- why:         Deaths (20, 40–42), transfers (02, 05, 66 …) and those still in hospital (30) are told by it.
-- see:         CMS Medicare Claims Processing Manual, chapter 25, form locator 17
select
    u.data_source,
    cast(
        coalesce(
            sum(u.row_count) filter (
                where not regexp_full_match(u.code, '0[1-79]|2[01]|30|4[0-3]|5[01]|6[1-69]|70|8[1-9]|9[0-5]')
            ),
            0
        ) as bigint
    ) as found_count,
    cast(sum(u.row_count) as bigint) as checked_count
from marts.code_use as u
where u.code_kind = 'discharge_status' and u.code is not null
group by u.data_source
