-- The chronic conditions of each person. Shared hidden tendencies (metabolic, mental, lung, frailty) make them come
-- together; planted effects shift the log-odds.
with tendency as (
    select
        c.person,
        c.age + 1.5 as age,
        c.sex,
        e.diabetes,
        e.hypertension,
        e.copd,
        normal('metabolic', c.person) as metabolic,
        normal('mental', c.person) as mental,
        normal('lung', c.person) as lung,
        normal('frail', c.person) as frail
    from coverage as c
    inner join lookup.effect as e
        on
            c.race = e.race
            and c.ethnicity = e.ethnicity
            and c.language_group = e.language_group
            and c.deprivation = e.deprivation
            and c.rurality = e.rurality
)

select
    t.person,
    k.condition_number,
    case
        when part(draw('code', t.person * 64 + k.condition_number), 0) < 0.60 then k.icd_1
        when part(draw('code', t.person * 64 + k.condition_number), 0) < 0.85 then k.icd_2
        else k.icd_3
    end as diagnosis
from tendency as t
inner join lookup.condition as k on t.age >= k.min_age and (k.sex is null or t.sex = k.sex)
where
    uniform('condition', t.person * 64 + k.condition_number) < logistic(
        k.base
        + (least(t.age, 50) - 50) / 10 * k.slope_below_50
        + (greatest(t.age, 50) - 50) / 10 * k.slope_above_50
        + case when t.sex = 'female' then k.female else 0 end
        + k.metabolic * t.metabolic + k.mental * t.mental + k.lung * t.lung + k.frail * t.frail
        + case k.effect
            when 'diabetes' then t.diabetes
            when 'hypertension' then t.hypertension
            when 'copd' then t.copd
            else 0
        end
    )
