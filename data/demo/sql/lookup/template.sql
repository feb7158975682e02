-- What can happen at each service, some of it only to people with a condition, of one sex or from an age: a diagnosis
-- (null: one of the person's own), codes, price level, stay, and how readily the person comes back after it
-- (readmission_log_odds before the person's own; null: it isn't followed by anything).
select
    (row_number() over (order by v.position))::smallint as template,
    v.service::service as service,
    v.diagnosis::diagnosis as diagnosis,
    v.visit_code::hcpcs as visit_code,
    v.drg_code::drg as drg_code,
    v.procedure_code::procedure_code as procedure_code,
    v.price::float as price,
    v.stay_days::float as stay_days,
    v.weight::double as weight,
    c.condition_number as required_condition,
    v.sex::sex as required_sex,
    v.min_age::smallint as min_age,
    v.readmission_log_odds::float as readmission_log_odds,
    s.encounter_class,
    s.encounter_type::encounter_type as encounter_type,
    s.is_qualifying::boolean as is_qualifying
from (select *, row_number() over () as position from parameter.variant) as v
inner join parameter.service as s on v.service = s.service
left join lookup.condition as c on v.requires = c.condition::varchar
