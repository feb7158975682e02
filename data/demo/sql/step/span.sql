-- Each span of enrolment with its plan.
select person, person_id, covers_pharmacy, is_dual, plan_1 as plan_number, start_1 as start_date, end_1 as end_date
from person
union all
select person, person_id, covers_pharmacy, is_dual, plan_2, start_2, end_2 from person
where start_2 is not null
union all
select person, person_id, covers_pharmacy, is_dual, plan_1, start_3, end_3 from person
where start_3 is not null
