-- title:       Places of service that CMS doesn't list
-- question:    How many accepted lines carry a place of service that isn't one of CMS's?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0.5 % of claim lines
-- affects:     ed_visits_per_1000, inpatient_stays_per_1000, service_category
-- remedy:      Keep leading zeros, and map local places to CMS's list.
-- why:         Where care was given decides whether it is a visit, and of which kind.
-- see:         CMS, Place of Service Code Set
select
    u.data_source,
    cast(
        coalesce(
            sum(u.row_count) filter (
                where not regexp_full_match(u.code, '0[1-9]|1[0-9]|2[0-7]|3[1-4]|4[129]|5[0-8]|6[012568]|7[12]|81|99')
            ),
            0
        ) as bigint
    ) as found_count,
    cast(sum(u.row_count) as bigint) as checked_count
from marts.code_use as u
where u.code_kind = 'place_of_service' and u.code is not null
group by u.data_source
