-- What can happen at each service, some of it only to people with a condition: a diagnosis (null: one of the person's
-- own), codes, price level and stay.
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
    s.encounter_class,
    s.encounter_type::encounter_type as encounter_type,
    s.is_qualifying::boolean as is_qualifying
from (select *, row_number() over () as position from parameter.variant) as v
inner join parameter.service as s on v.service = s.service
left join lookup.condition as c on v.requires = c.condition::varchar
