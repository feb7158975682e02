-- title:       Provider numbers with a wrong check digit
-- question:    How many organizations and practitioners carry an NPI whose last digit doesn't fit the others?
-- grain:       data_source
-- kind:        conformance
-- threshold:   5 % of providers
-- affects:     attribution
-- remedy:      Look for mistyped numbers and for local numbers in the NPI column.
-- why:         Claims name providers by NPI; a wrong one joins to nobody.
-- see:         CMS, Requirements for National Provider Identifier (NPI) and NPI Check Digit
with provider as (
    select o.data_source, o.npi
    from staging.organization as o
    where o.npi is not null
    union
    select p.data_source, p.npi
    from staging.practitioner as p
    where p.npi is not null
),

-- The Luhn sum of the ten digits, plus 24 for the prefix 80840 that a US health number stands for.
digit as (
    select
        p.data_source,
        p.npi,
        n.position,
        cast(substr(p.npi, n.position, 1) as integer) as digit
    from provider as p
    cross join (select unnest([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) as position) as n
    where regexp_full_match(p.npi, '[12][0-9]{9}')
),

checked as (
    select
        d.data_source,
        d.npi,
        (24 + sum(
            case when d.position % 2 = 1 then 2 * d.digit // 10 + 2 * d.digit % 10 else d.digit end
        )) % 10 = 0 as is_valid
    from digit as d
    group by d.data_source, d.npi
)

select
    p.data_source,
    count(*) filter (where not coalesce(c.is_valid, false)) as found_count,
    count(*) as checked_count
from provider as p
left join checked as c on p.data_source = c.data_source and p.npi = c.npi
group by p.data_source
