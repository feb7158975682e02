-- 256 slots for each service, dealt to its templates by weight. A slot whose template is for some people only (with a
-- condition, of one sex, from an age) also has a template for the others, dealt among those that are for everybody.
with bounds as (
    select
        service,
        template,
        required_condition,
        required_sex,
        min_age,
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
        required_condition,
        required_sex,
        min_age,
        coalesce(required_condition, min_age) is null and required_sex is null as is_for_all
    from bounds
),

free as (
    select
        service,
        template,
        row_number() over (partition by service order by slot) - 1 as place,
        count(*) over (partition by service) as places
    from slot
    where is_for_all
)

select
    s.slot,
    s.service,
    s.template,
    s.required_condition,
    s.required_sex,
    s.min_age,
    coalesce(f.template, s.template) as other_template
from slot as s
left join free as f
    on not s.is_for_all and s.service = f.service and (s.slot * 37) % f.places = f.place
