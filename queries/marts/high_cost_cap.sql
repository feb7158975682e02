-- title:       High-cost cap
-- question:    Above which amount in a year is a person's cost set aside, to see what the others cost?
-- grain:       cap_usd
-- why:         The one place to change it. A few people with very high costs move a group's PMPM from year to year by
--     chance. The capped figure leaves out what each person costs above this amount in a calendar year, medical and
--     pharmacy together. It is shown beside the full figure, never instead of it. 250,000 USD is a common stop-loss
--     point; a small plan may want less.
select cast(250000 as decimal(18, 2)) as cap_usd
