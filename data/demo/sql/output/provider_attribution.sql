-- Who answers for whom: one row a person and calendar year, in the last covered month of the year, for those with an
-- office visit in it; one in twelve of them stays unattributed.
select
    p.person_id,
    a.year::varchar || '12' as year_month,
    c.payer,
    c.plan,
    r.npi as payer_attributed_provider,
    r.organization_name as payer_attributed_provider_organization,
    'careparity_demo'::data_source as data_source
from anchor as a
inner join person as p on a.person = p.person
inner join lookup.plan as c on a.plan_number = c.plan_number
inner join lookup.practitioner as r
    on p.organization = r.organization and r.place = 1 + (draw('practitioner', p.person) & 3)::integer
where a.visit_number = 1 and uniform('attributed', p.person) > 0.083
