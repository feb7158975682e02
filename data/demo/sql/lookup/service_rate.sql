-- Expected events a year of each service by age band and sex, before a person's own conditions and habits.
with banded as (
    select
        s.*,
        unnest([0, 1, 2, 3, 4, 5, 6])::tinyint as age_band,
        unnest([r_0_4, r_5_17, r_18_34, r_35_49, r_50_64, r_65_74, r_75])::double as rate
    from parameter.service as s
)

select
    b.service::service as service,
    b.age_band,
    x.sex::sex as sex,
    (b.rate * case when x.sex = 'female' then b.female::double else 1 end)::float as rate,
    b.per_condition::float as per_condition,
    b.medicaid::float as medicaid,
    b.commercial::float as commercial,
    c.condition_number as required_condition,
    b.effect
from banded as b
cross join (values ('female'), ('male')) as x (sex)
left join lookup.condition as c on b.requires = c.condition::varchar
where b.rate > 0 and (b.requires is distinct from 'female' or x.sex = 'female')
