-- title:       Enrolment spans in the input layer
-- grain:       data_source, source_person_id, member_id, payer, payer_type, plan, start_date, end_date,
--              covers_medical, covers_pharmacy
-- why:         Spans may overlap and may be open; far-future ends (9999-12-31) mean open. A later delivery may restate
--              a span (end it, extend it, or void it by an end before the beginning): of the rows of one member,
--              payer, plan, cover and start, those with the latest file_date stand, and one without a file_date is
--              older than any. Where no row has a file_date nothing tells which is right, and all of them stand.
with stated as (
    select e.*
    from raw.input_layer_eligibility as e
    qualify
        dense_rank() over (
            partition by
                e.data_source, e.person_id, e.member_id, e.payer, e.plan, e.covers_medical, e.covers_pharmacy,
                e.enrollment_start_date
            order by e.file_date desc nulls last
        ) = 1
)

select distinct
    e.data_source,
    e.person_id as source_person_id,
    e.member_id,
    e.payer,
    lower(e.payer_type) as payer_type,
    e.plan,
    e.enrollment_start_date as start_date,
    case when e.enrollment_end_date < date '2100-01-01' then e.enrollment_end_date end as end_date,
    'observed' as enrolment_basis,
    coalesce(e.covers_medical, true) as covers_medical,
    e.covers_pharmacy
from stated as e
