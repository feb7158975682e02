-- title:       Readmissions within 30 days
-- question:    After which acute stays was the person admitted again within 30 days, and was it planned?
-- grain:       person_id, index_start_date
-- why:         One row for each acute stay of core.stay (a chain of transfers is one stay). It is an index stay, one
--     that the rate is about, unless, the first that fits: the person died in hospital (discharge status 20, 40 to 42,
--     or date of death); was sent to another acute hospital whose bill isn't there; left against medical advice (07),
--     as CMS excludes them; is still there (30); the data end less than 30 days after discharge; or, where the person's
--     source states enrolment, the person wasn't enrolled for medical care in every month of the 30 days (or of the
--     days until death). Where enrolment is given as a number of months in the year, one month in each year suffices:
--     which months they were isn't known. Where no source states enrolment, nobody is excluded for it. A readmission is
--     the next acute stay, for any cause and in any hospital, that begins 1 to 30 days after discharge; planned ones
--     (core.planned_stay) are set apart: is_planned, and is_readmitted_30_days false. A readmission may be an index
--     stay in turn. Psychiatric, newborn, rehabilitation and nursing stays are neither. The rate, is_readmitted_30_days
--     over is_index, isn't adjusted for risk: who is sicker is readmitted more, whoever treats them. Months whose
--     claims are still coming in show too few.
with stay as (
    select
        s.*,
        p.population,
        p.death_date,
        least(s.end_date + 30, coalesce(p.death_date, s.end_date + 30)) as follow_up_end_date,
        lead(s.start_date) over person as next_start_date,
        lead(n.reason is not null) over person as is_next_planned
    from core.stay as s
    inner join core.person as p on s.person_id = p.person_id
    left join core.planned_stay as n on s.person_id = n.person_id and s.start_date = n.start_date
    where s.stay_type = 'acute'
    window person as (partition by s.person_id order by s.start_date)
),

source_end as (
    select
        k.person_id,
        max(t.data_through_date) as data_through_date
    from core.person_key as k
    inner join core.data_through as t on k.data_source = t.data_source
    group by k.person_id
),

enrolment_source as (
    select distinct e.data_source
    from core.eligibility as e
    where e.enrolment_basis <> 'inferred'
),

enrolment_person as (
    select distinct k.person_id
    from core.person_key as k
    semi join enrolment_source as s on k.data_source = s.data_source
),

-- A year of which only the number of months is known stands for each of its months.
member_month as (
    select
        m.person_id,
        12 * m.year + m.month - 1 as month_number
    from core.member_month as m
    semi join stay as s on m.person_id = s.person_id
    where m.has_medical and m.enrolment_basis = 'observed'
    union all
    select distinct
        m.person_id,
        12 * m.year + i.month as month_number
    from core.member_month as m
    cross join range(12) as i (month)
    semi join stay as s on m.person_id = s.person_id
    where m.has_medical and m.enrolment_basis = 'months_only'
),

covered as (
    select
        s.person_id,
        s.start_date,
        count(distinct m.month_number) as months
    from stay as s
    inner join member_month as m
        on
            s.person_id = m.person_id
            and m.month_number >= 12 * year(s.end_date) + month(s.end_date) - 1
            and m.month_number <= 12 * year(s.follow_up_end_date) + month(s.follow_up_end_date) - 1
    group by s.person_id, s.start_date
),

judged as (
    select
        s.*,
        case
            when
                s.discharge_disposition_code in ('20', '40', '41', '42') or s.death_date <= s.end_date
                then 'died in hospital'
            when s.is_transferred then 'sent to another hospital'
            when s.discharge_disposition_code = '07' then 'left against advice'
            when s.discharge_disposition_code = '30' then 'still in hospital'
            when t.data_through_date is null or s.end_date + 30 > t.data_through_date then 'too little follow-up'
            when
                e.person_id is not null
                and coalesce(c.months, 0)
                < 12 * (year(s.follow_up_end_date) - year(s.end_date))
                + month(s.follow_up_end_date) - month(s.end_date) + 1
                then 'not enrolled'
        end as exclusion_reason,
        s.next_start_date <= s.end_date + 30 as is_soon
    from stay as s
    left join source_end as t on s.person_id = t.person_id
    left join enrolment_person as e on s.person_id = e.person_id
    left join covered as c on s.person_id = c.person_id and s.start_date = c.start_date
)

select
    j.person_id,
    j.population,
    j.organization_key,
    j.exclusion_reason is null as is_index,
    j.exclusion_reason,
    case when j.is_soon then j.is_next_planned end as is_planned,
    coalesce(j.exclusion_reason is null and j.is_soon and not j.is_next_planned, false) as is_readmitted_30_days,
    case when j.is_soon then j.next_start_date - j.end_date end as days_to_readmission,
    j.start_date as index_start_date,
    j.end_date as index_end_date,
    case when j.is_soon then j.next_start_date end as readmission_start_date
from judged as j
