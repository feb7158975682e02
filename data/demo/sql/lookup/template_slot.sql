-- 256 slots for each service, dealt to its templates by weight.
with bounds as (
    select
        *,
        (256 * (sum(weight) over (partition by service order by template rows unbounded preceding) - weight)
            / sum(weight) over (partition by service))::integer as slot_from,
        (256 * sum(weight) over (partition by service order by template rows unbounded preceding)
            / sum(weight) over (partition by service))::integer as slot_to
    from lookup.template
)

select
    unnest(range(slot_from, slot_to))::integer as slot,
    service,
    template,
    diagnosis,
    drg_code,
    procedure_code,
    price,
    stay_days,
    is_qualifying,
    encounter_class is not null as has_encounter
from bounds
