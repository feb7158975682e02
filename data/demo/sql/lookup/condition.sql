-- Chronic conditions in the order in which claims list them, with what drives them.
select
    (row_number() over () - 1)::tinyint as condition_number,
    condition::condition as condition,
    icd_1::diagnosis as icd_1,
    icd_2::diagnosis as icd_2,
    icd_3::diagnosis as icd_3,
    log_odds(prevalence_at_50::double)::float as base,
    slope_below_50::float as slope_below_50,
    slope_above_50::float as slope_above_50,
    female_log_odds::float as female,
    metabolic::float as metabolic,
    mental::float as mental,
    lung::float as lung,
    frail::float as frail,
    min_age::smallint as min_age,
    sex::sex as sex,
    effect
from parameter.condition
