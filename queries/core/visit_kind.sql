-- title:       Kinds of visits, the first that fits
-- question:    Of several kinds of visit that a claim line shows, which counts?
-- grain:       visit_rank
-- why:         A line may show two kinds: a place and a code that say different things. The one higher in this list
--     counts: care in an emergency department whatever else it is, then observation, then telehealth, home, office, and
--     other care in a hospital's outpatient rooms.
select
    cast(v.visit_rank as tinyint) as visit_rank,
    -- An enumeration, so that millions of lines hold a number.
    cast(v.visit_type as enum('emergency', 'observation', 'telehealth', 'home', 'office', 'other')) as visit_type
from (
    values
    (1, 'emergency'),
    (2, 'observation'),
    (3, 'telehealth'),
    (4, 'home'),
    (5, 'office'),
    (6, 'other')
) as v (visit_rank, visit_type)
