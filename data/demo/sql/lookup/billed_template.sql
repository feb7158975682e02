-- What an event carries of its template.
select
    template,
    service,
    diagnosis,
    drg_code,
    procedure_code,
    price,
    stay_days,
    is_qualifying,
    encounter_class is not null as has_encounter,
    coalesce(encounter_class = 'inpatient', false) as is_stay,
    readmission_log_odds,
    -- mothers go home; others may be sent on
    readmission_log_odds is not null and service <> 'maternity' as may_move_on
from lookup.template
