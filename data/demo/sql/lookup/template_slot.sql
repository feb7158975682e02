-- 256 slots for each service, dealt to its templates by weight. A slot whose template needs a condition also has a
-- template for people without it, dealt among those that need none.
with bounds as (
    select
        service,
        template,
        required_condition,
        sum(weight) over so_far as weight_to,
        sum(weight) over (partition by service) as weight_all,
        weight
    from lookup.template
    window so_far as (partition by service order by template rows unbounded preceding)
),

slot as (
    select
        unnest(range(
            (256 * (weight_to - weight) / weight_all)::integer,
            (256 * weight_to / weight_all)::integer
        ))::integer as slot,
        service,
        template,
        required_condition
    from bounds
),

free as (
    select
        service,
        template,
        row_number() over (partition by service order by slot) - 1 as place,
        count(*) over (partition by service) as places
    from slot
    where required_condition is null
)

select
    s.slot,
    s.service,
    s.template,
    s.required_condition,
    coalesce(f.template, s.template) as other_template
from slot as s
left join free as f
    on s.required_condition is not null and s.service = f.service and (s.slot * 37) % f.places = f.place
