-- Diagnoses in the electronic record: at each person's first two office visits of a year all that they have, at other
-- encounters the reason for coming. Chronic ones stay active; an acute one ends after two weeks.
with listed as (
    select
        a.event,
        p.person_id,
        a.start_date,
        unnest(p.diagnoses) as diagnosis,
        true as is_chronic,
        generate_subscripts(p.diagnoses, 1) as rank
    from anchor as a
    inner join person as p on a.person = p.person
    where a.visit_number = 1
),

problem as (
    select
        p.person_id,
        c.diagnosis,
        p.person,
        c.condition_number,
        greatest(p.birth_date, p.start_1 - (draw('onset', p.person * 64 + c.condition_number) & 2047)::integer)
            as onset_date
    from person_condition as c
    inner join person as p on c.person = p.person
    where c.condition_number < 24
)

select
    'D' || event::varchar || '-' || rank::varchar as condition_id,
    person_id,
    'E' || event::varchar as encounter_id,
    start_date as recorded_date,
    start_date as onset_date,
    null::date as resolved_date,
    'active'::condition_status as status,
    'encounter-diagnosis'::condition_category as category,
    'encounter diagnosis'::condition_category as condition_type,
    'icd-10-cm'::vocabulary as source_code_type,
    diagnosis as source_code,
    'careparity_demo'::data_source as data_source
from listed
union all
select
    'D' || e.event::varchar,
    e.person_id,
    'E' || e.event::varchar,
    e.start_date,
    e.start_date,
    e.end_date + 14,
    'resolved'::condition_status,
    'encounter-diagnosis'::condition_category,
    'encounter diagnosis'::condition_category,
    'icd-10-cm'::vocabulary,
    e.diagnosis_code_1,
    'careparity_demo'::data_source
from event as e
inner join lookup.template as t on e.template = t.template
where e.has_encounter and t.diagnosis is not null and e.service <> 'well_visit'
union all
select
    'D' || person::varchar || 'P' || condition_number::varchar,
    person_id,
    null,
    onset_date,
    onset_date,
    null,
    'active'::condition_status,
    'problem-list-item'::condition_category,
    'problem'::condition_category,
    'icd-10-cm'::vocabulary,
    diagnosis,
    'careparity_demo'::data_source
from problem
