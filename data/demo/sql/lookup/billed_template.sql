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
    encounter_class is not null as has_encounter
from lookup.template
