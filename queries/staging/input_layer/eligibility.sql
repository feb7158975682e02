-- title:       Enrolment spans in the input layer
-- grain:       data_source, source_person_id, member_id, payer, payer_type, plan, start_date, end_date,
--              covers_medical, covers_pharmacy
-- why:         Spans may overlap and may be open; far-future ends (9999-12-31) mean open.
select distinct
    data_source,
    person_id as source_person_id,
    member_id,
    payer,
    lower(payer_type) as payer_type,
    plan,
    enrollment_start_date as start_date,
    case when enrollment_end_date < date '2100-01-01' then enrollment_end_date end as end_date,
    'observed' as enrolment_basis,
    coalesce(covers_medical, true) as covers_medical,
    covers_pharmacy
from raw.input_layer_eligibility
