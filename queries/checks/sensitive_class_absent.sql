-- title:       Sensitive care that no claim tells of
-- question:    Which common classes of sensitive care (substance use, behavioural) does no claim of a source carry?
-- grain:       data_source
-- kind:        completeness
-- threshold:   0 classes
-- affects:     pmpm_usd, ed_visits_per_1000, inpatient_stays_per_1000, readmission_rate, service_category,
--     cost_distribution, measures
-- remedy:      Ask the sender whether claims of substance use (42 CFR Part 2) or mental health were removed. Until then
--     figures about these people are too low, and more so for groups who use such care more.
-- why:         CMS and many plans redact such claims before they hand data on, and nothing in the files says so. Of
--     10,000 diagnoses on claims (some 1,000 people) dozens are of such a class, so none at all means that they were
--     taken out. Smaller sources aren't judged; nor is a class that this build withholds, or that
--     reference.sensitive_class doesn't list.
with source as (
    select
        d.data_source,
        sum(d.row_count) as diagnoses
    from marts.diagnosis_use as d
    group by d.data_source
),

common_code as (
    select s.class, s.system, s.code, s.is_prefix = 'true' as is_prefix
    from reference.sensitive_class as s
    anti join reference.withheld_class as w on s.class = w.class
    where s.class in ('substance_use', 'behavioural')
),

used_code as (
    select distinct d.data_source, d.code_system as system, d.code
    from marts.diagnosis_use as d
    union
    select u.data_source, 'HCPCS' as system, u.code
    from marts.code_use as u
    where u.code_kind = 'hcpcs'
),

found as (
    select distinct u.data_source, s.class
    from used_code as u
    inner join common_code as s
        on
            u.system = s.system
            and left(u.code, 3) = left(s.code, 3)
            and (u.code = s.code or (s.is_prefix and starts_with(u.code, s.code)))
),

common_class as (
    select distinct s.class
    from common_code as s
)

select
    s.data_source,
    count(*) filter (where f.class is null) as found_count,
    count(*) as checked_count
from source as s
cross join common_class as c
left join found as f on s.data_source = f.data_source and c.class = f.class
where s.diagnoses >= 10000
group by s.data_source
