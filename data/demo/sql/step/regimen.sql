-- Who takes which medicine: a share of those who have the condition, all the time they are covered.
select
    p.person,
    p.person_id,
    d.drug_number,
    d.ndc_code,
    d.rxnorm_code,
    d.days_supply,
    d.quantity,
    d.allowed_usd,
    draw('regimen', p.person * 64 + d.drug_number) as h,
    p.days,
    p.days_1,
    p.days_2,
    p.start_1,
    p.start_2,
    p.start_3,
    p.plan_1,
    p.plan_2,
    p.organization,
    p.covers_pharmacy
from person as p
inner join person_condition as c on p.person = c.person
inner join lookup.drug as d on c.condition_number = d.condition_number
where uniform('medicine', p.person * 64 + d.drug_number) < d.share
order by p.person, d.drug_number
