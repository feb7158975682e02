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

create macro logistic(x) as 1 / (1 + exp(-(x)));

create macro log_odds(p) as ln((p) / (1 - (p)));

-- The first day of a month, counted from 0 = January 2023.
create macro month_start(m) as make_date(2023 + (m) // 12, 1 + (m) % 12, 1);
