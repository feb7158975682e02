-- title:       Types of bill that can't be
-- question:    How many accepted claims carry a type of bill that isn't three characters with a known facility?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0.5 % of claims
-- affects:     ed_visits_per_1000, inpatient_stays_per_1000, service_category
-- remedy:      Leave out the leading zero of four-digit types; keep the frequency at the end.
-- why:         The type of bill tells an inpatient claim from an outpatient one, and a replacement from an original.
select
    u.data_source,
    cast(coalesce(sum(u.row_count) filter (where not regexp_full_match(u.code, '[1-8][1-9][0-9A-Z]')), 0) as bigint)
        as found_count,
    cast(sum(u.row_count) as bigint) as checked_count
from marts.code_use as u
where u.code_kind = 'bill_type' and u.code is not null
group by u.data_source
