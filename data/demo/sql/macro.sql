-- Pseudo-random numbers that depend on the seed, a person and a stream's name only: never on threads, order or chunks.

-- A hash for one stream of one person. The outer hash matters: hashes of several arguments are combined by exclusive
-- or, so without it two streams of a person would differ by a constant only.
create macro draw(stream, id) as hash(hash(id, stream, getvariable('seed')));

-- A number in (0, 1) from the sixteen bits of a hash that begin at bit 16 * place (place 0 to 3).
create macro part(h, place) as (((h >> (16 * place)) & 65535)::integer + 0.5::double) / 65536;

-- A number in (0, 1) of its own stream.
create macro uniform(stream, id) as ((draw(stream, id) >> 12)::bigint + 0.5::double) / 4503599627370496;

-- A standard normal number of its own stream (Box and Muller 1958).
create macro normal(stream, id) as
    sqrt(-2 * ln(part(draw(stream, id), 0))) * cos(6.283185307179586 * uniform(stream, id));

-- A whole number from 0 to n - 1. (A hash % n would be worked out in 128 bits, at ten times the cost.)
create macro pick(h, n) as (((h >> 34)::bigint * (n)) >> 30)::integer;

-- Nights of a stay that takes `days` on average: most take less, some much longer.
create macro nights(h, days) as greatest(1, floor((0.4 - 0.6 * ln(part(h, 2))) * days + part(h, 3)))::integer;

-- How somebody leaves hospital alive (NUBC discharge status): sent to another hospital, against advice, to a nursing
-- facility, with home health care, home.
create macro discharge(h, age) as case
    when part(hash(hash(h)), 0) < 0.02 then '02'
    when part(hash(hash(h)), 0) < 0.032 then '07'
    when part(hash(hash(h)), 0) < 0.20 and age >= 65 then '03'
    when part(hash(hash(h)), 0) < 0.34 and age >= 50 then '06'
    else '01'
end;

-- Where somebody is treated: one event in six or so at the state's university health centre, the rest with one's own
-- organisation.
create macro care_organization(h, organization) as
    case when (hash(h) >> 8) & 7 = 0 then organization // 8 * 8 + 7 else organization end::integer;

-- Whether a slot of lookup.template_slot is for a person.
create macro fits(slot_condition, slot_sex, slot_age, condition_bits, sex, age) as
    (slot_condition is null or (condition_bits >> slot_condition) & 1 = 1)
    and (slot_sex is null or slot_sex = sex)
    and (slot_age is null or slot_age <= age);

create macro logistic(x) as 1 / (1 + exp(-(x)));

create macro log_odds(p) as ln((p) / (1 - (p)));

-- The first day of a month, counted from 0 = January 2023.
create macro month_start(m) as make_date(2023 + (m) // 12, 1 + (m) % 12, 1);
