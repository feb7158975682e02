-- title:       The order in which a service category is decided
-- question:    Which of the things that a claim line says about itself decides its category?
-- grain:       category_rank
-- why:         Every line has one category, the first that fits: where the person was (the kind of bill, the place, or
--     what the whole outpatient claim was for), then what the service is (its revenue center, then its procedure code),
--     then where it was given. So a blood test of a hospital stay belongs to the stay, one of an emergency visit to
--     that visit, and one from a doctor's office to the laboratory. 'other' is what nothing places: when it grows,
--     codes are missing. is_visit: a line of this category may be a visit of its own; laboratory work, images and
--     equipment aren't, nor what belongs to a stay or to a visit to the emergency department.
select
    cast(v.category_rank as tinyint) as category_rank,
    v.decided_by,
    -- An enumeration, so that millions of lines hold a number.
    cast(
        v.service_category as enum(
            'inpatient', 'skilled_nursing', 'home_hospice', 'dialysis', 'emergency', 'observation',
            'outpatient_surgery', 'telehealth', 'drugs_medical', 'equipment_transport', 'laboratory', 'imaging',
            'behavioural', 'office_visit', 'outpatient_hospital', 'other'
        )
    ) as service_category,
    v.service_category not in (
        'inpatient', 'skilled_nursing', 'emergency', 'observation', 'laboratory', 'imaging', 'equipment_transport'
    ) as is_visit
from (
    values
    (1, 'setting', 'inpatient'),
    (2, 'setting', 'skilled_nursing'),
    (3, 'setting', 'home_hospice'),
    (4, 'setting', 'dialysis'),
    (5, 'setting', 'emergency'),
    (6, 'setting', 'observation'),
    (7, 'setting', 'outpatient_surgery'),
    (8, 'setting', 'telehealth'),
    (11, 'line setting', 'emergency'),
    (12, 'line setting', 'observation'),
    (13, 'line setting', 'inpatient'),
    (14, 'line setting', 'skilled_nursing'),
    (15, 'line setting', 'home_hospice'),
    (16, 'line setting', 'dialysis'),
    (17, 'line setting', 'outpatient_surgery'),
    (21, 'revenue center', 'drugs_medical'),
    (22, 'revenue center', 'equipment_transport'),
    (23, 'revenue center', 'laboratory'),
    (24, 'revenue center', 'imaging'),
    (25, 'revenue center', 'behavioural'),
    (26, 'revenue center', 'office_visit'),
    (31, 'procedure', 'drugs_medical'),
    (32, 'procedure', 'equipment_transport'),
    (33, 'procedure', 'laboratory'),
    (34, 'procedure', 'imaging'),
    (35, 'procedure', 'behavioural'),
    (36, 'procedure', 'office_visit'),
    (41, 'bill type', 'laboratory'),
    (42, 'bill type', 'behavioural'),
    (43, 'bill type', 'office_visit'),
    (51, 'institutional', 'outpatient_hospital'),
    (61, 'place', 'laboratory'),
    (62, 'place', 'equipment_transport'),
    (63, 'place', 'home_hospice'),
    (64, 'place', 'behavioural'),
    (65, 'place', 'office_visit'),
    (66, 'place', 'outpatient_hospital'),
    (99, 'nothing', 'other')
) as v (category_rank, decided_by, service_category)
