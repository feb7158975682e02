-- title:       ZIP codes that aren't five digits
-- question:    How many ZIP codes aren't five digits, or are 00000?
-- grain:       data_source
-- kind:        conformance
-- threshold:   1 % of people
-- affects:     groups
-- remedy:      Keep leading zeros: a spreadsheet turns 02139 into 2139.
-- why:         People with such a code are in no ZIP3 area.
select
    s.data_source,
    count(*) filter (
        where not regexp_full_match(s.zip_code, '[0-9]{5}|[0-9]{3}') or s.zip_code = '00000'
    ) as found_count,
    count(*) as checked_count
from staging.person as s
where s.zip_code is not null
group by s.data_source
