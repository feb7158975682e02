-- One row a person: all that later steps need.
with carried as (
    select
        person,
        count(*)::tinyint as conditions,
        bit_or(1::bigint << condition_number) as condition_bits,
        list(diagnosis order by condition_number) as diagnoses
    from person_condition
    group by person
)

select
    c.*,
    coalesce(k.conditions, 0) as conditions,
    coalesce(k.condition_bits, 0) as condition_bits,
    k.diagnoses[1] as diagnosis_1,
    k.diagnoses[2] as diagnosis_2,
    k.diagnoses[3] as diagnosis_3,
    k.diagnoses[4] as diagnosis_4,
    k.diagnoses,
    (case
        when c.age + 1.5 < 5 then 0
        when c.age + 1.5 < 18 then 1
        when c.age + 1.5 < 35 then 2
        when c.age + 1.5 < 50 then 3
        when c.age + 1.5 < 65 then 4
        when c.age + 1.5 < 75 then 5
        else 6
    end)::tinyint as age_band,
    -- how readily somebody uses care: mean 1, the middle two thirds between 0.5 and 1.5
    exp(0.6 * normal('habit', c.person) - 0.18) as habit,
    -- how readily somebody is admitted again, in log-odds: by payer, age, illness and the planted effects
    e.readmission
    + case when c.payer_type = 'medicare' then 0.10 when c.payer_type = 'medicaid' then 0.15 else -0.30 end
    + case when c.age < 18 then -0.5 when c.age < 40 then -0.2 else 0 end
    + 0.08 * (least(coalesce(k.conditions, 0), 10) - 5) as readmission,
    e.ed_visit,
    e.inpatient_stay,
    e.office_visit,
    e.telehealth_visit,
    logistic(-1.15 + e.poor_glycemic_control + o.glycemic_log_odds::double) as poor_glycemic_control,
    logistic(1.05 + e.mammogram + o.mammogram_log_odds::double) as mammogram
from coverage as c
inner join lookup.effect as e
    on
        c.race = e.race
        and c.ethnicity = e.ethnicity
        and c.language_group = e.language_group
        and c.deprivation = e.deprivation
        and c.rurality = e.rurality
inner join parameter.organization as o on c.organization = o.organization::integer
left join carried as k on c.person = k.person
order by c.person
