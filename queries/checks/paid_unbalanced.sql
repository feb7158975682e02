-- title:       Payments that got lost on the way
-- question:    In how many years and kinds of claim is what was delivered not the sum of its steps, to the cent?
-- grain:       data_source
-- kind:        conformance
-- threshold:   0 years
-- not_fit:     0 years
-- affects:     pmpm_usd, cost_distribution, service_category
-- remedy:      Report it: this is a fault of the program or of a rule that was edited.
-- why:         A dollar that is in no step is in no figure, and nobody would miss it.
with balance as (
    select
        s.data_source,
        s.year,
        s.claim_kind,
        sum(case when s.step = 'delivered' then s.paid_usd else -s.paid_usd end) as lost_usd
    from marts.paid_step as s
    group by s.data_source, s.year, s.claim_kind
)

select
    b.data_source,
    count(*) filter (where b.lost_usd <> 0) as found_count,
    count(*) as checked_count
from balance as b
where b.data_source is not null
group by b.data_source
