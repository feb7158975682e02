-- title:       LOINC codes with a wrong check digit
-- question:    How many observations carry a LOINC code whose last digit doesn't fit the others?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0.5 % of observations
-- affects:     measures
-- remedy:      Look for mistyped and cut codes; panels of a laboratory often carry local numbers.
-- why:         The check digit (modulus 10) was made to find mistyped codes. A wrong code is another test or none.
-- see:         LOINC Users' Guide, appendix: calculating mod 10 check digits
with used as (
    select
        u.data_source,
        u.code,
        u.row_count,
        regexp_full_match(u.code, '[0-9]{1,7}-[0-9]') as has_shape,
        lpad(replace(u.code, '-', ''), 8, '0') as digits
    from marts.code_use as u
    where u.code_kind = 'observation' and u.code_system = 'LOINC' and u.code is not null
),

-- From the left of eight digits, every other one is doubled, and the digits of the result are added up.
digit as (
    select
        u.data_source,
        u.code,
        p.position,
        cast(substr(u.digits, p.position, 1) as integer) as digit
    from used as u
    cross join (select unnest([1, 2, 3, 4, 5, 6, 7, 8]) as position) as p
    where u.has_shape
),

checked as (
    select
        d.data_source,
        d.code,
        sum(
            case when d.position % 2 = 1 then 2 * d.digit // 10 + 2 * d.digit % 10 else d.digit end
        ) % 10 = 0 as is_valid
    from digit as d
    group by d.data_source, d.code
)

select
    u.data_source,
    cast(coalesce(sum(u.row_count) filter (where not coalesce(c.is_valid, false)), 0) as bigint) as found_count,
    cast(sum(u.row_count) as bigint) as checked_count
from used as u
left join checked as c on u.data_source = c.data_source and u.code = c.code
group by u.data_source
