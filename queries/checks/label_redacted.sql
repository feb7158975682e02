-- title:       Records that the source says were redacted
-- question:    How many security labels say that a record was redacted or masked before it was sent?
-- grain:       data_source
-- kind:        completeness
-- threshold:   0 labels
-- affects:     measures, pmpm_usd, ed_visits_per_1000, inpatient_stays_per_1000
-- remedy:      Ask the sender what was taken out, and of whom; figures about these people are too low.
-- why:         A redacted record looks like a healthy person. FHIR marks it REDACTED, MASKED, PSEUDED, ABSTRED or
--     AGGRED (v3-ObservationValue); SUBSETTED only says that an answer was shortened, and isn't counted.
select
    l.data_source,
    count(*) filter (where l.label in ('REDACTED', 'MASKED', 'PSEUDED', 'ABSTRED', 'AGGRED')) as found_count,
    count(*) as checked_count
from staging.label as l
group by l.data_source
