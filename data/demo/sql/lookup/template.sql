-- What can happen at each service: a diagnosis (null: one of the person's own), codes, price level and stay.
select
    (row_number() over ())::smallint as template,
    v.service::service as service,
    v.diagnosis::diagnosis as diagnosis,
    v.visit_code::hcpcs as visit_code,
    v.drg_code::drg as drg_code,
    v.procedure_code::procedure_code as procedure_code,
    v.price::float as price,
    v.stay_days::float as stay_days,
    v.weight::double as weight,
    s.encounter_class,
    s.encounter_type::encounter_type as encounter_type,
    s.is_qualifying::boolean as is_qualifying
from parameter.variant as v
inner join parameter.service as s on v.service = s.service
