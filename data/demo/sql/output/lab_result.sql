-- Laboratory results from office visits.
with result as (
    select
        event, person_id, start_date, visit_number, 1 as kind, '4548-4' as code, '%' as unit,
        case
            when is_poor then 9.1 + abs(tendency) * 1.5
            else least(9.0, greatest(5.4, 7.0 + tendency * 0.9))
        end as value
    from measured
    where has_diabetes and not (is_poor and is_untested_if_poor) and (visit_number = 1 or part(visit_draw, 1) < 0.7)
    union all
    select
        event, person_id, start_date, visit_number, 2, '4548-4', '%', greatest(4.6, least(6.4, 5.5 + tendency * 0.3))
    from measured
    where not has_diabetes and age >= 35 and visit_number = 1 and part(visit_draw, 2) < 0.25
    union all
    select
        event, person_id, start_date, visit_number, 3, '13457-7', 'mg/dL', greatest(35, 108 + other_tendency * 33)
    from measured
    where
        age >= 20
        and visit_number = 1
        and part(visit_draw, 3) < case when has_diabetes or has_hypertension then 0.75 else 0.30 end
    union all
    select
        event, person_id, start_date, visit_number, 4, '98979-8', 'mL/min/{1.73_m2}',
        greatest(6, 112 - age * 0.45 + other_tendency * 12 - case when has_kidney_disease then 38 else 0 end)
    from measured
    where
        age >= 18
        and visit_number = 1
        and part(visit_draw, 0) < case when has_diabetes or has_hypertension then 0.80 else 0.25 end
    union all
    select
        event, person_id, start_date, visit_number, 5, '9318-7', 'mg/g', greatest(2, 18 * exp(tendency))
    from measured
    where has_diabetes and visit_number = 1 and part(visit_draw, 1) < 0.52
)

select
    'L' || event::varchar || '-' || kind::varchar as lab_result_id,
    person_id,
    'E' || event::varchar as encounter_id,
    'loinc'::vocabulary as source_component_type,
    code::loinc as source_component_code,
    'final'::observation_status as status,
    round(value, case when kind <= 2 then 1 else 0 end)::decimal(6, 1) as result,
    start_date as collection_datetime,
    start_date + 1 as result_datetime,
    unit::unit as source_units,
    'careparity_demo'::data_source as data_source
from result
