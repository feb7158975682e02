-- title:       Planned hospital stays
-- question:    Which acute stays were planned rather than brought on by something acute?
-- grain:       person_id, start_date
-- why:         A planned stay soon after another is part of the treatment, not a failure of it. A simple rule of our
--     own and not CMS's planned readmission algorithm, which groups every diagnosis and procedure first; the reason is
--     the first that fits. (1) Cancer treatment: principal diagnosis Z51.0, Z51.11 or Z51.12 (ICD-9 V58.0, V58.11,
--     V58.12), or MS-DRG 837 to 839 and 846 to 849. (2) Transplant: MS-DRG 001, 002, 005 to 010, 014, 016 to 019 and
--     650 to 652. (3) Delivery: MS-DRG 765 to 768, 774, 775, 783 to 788, 796 to 798 and 805 to 807. (4) Planned
--     procedure: an MS-DRG of surgery that is mostly arranged beforehand (joint replacement 461, 462, 466 to 470 and
--     483; fusion of the spine 453 to 460 and 471 to 473; valves 216 to 221, 266 and 267; coronary bypass 231 to 236;
--     carotid artery 037 to 039; weight loss 619 to 621; thyroid 625 to 627; prostate 707 and 708; uterus 742 and 743;
--     breast 582 and 583), unless the principal diagnosis is acute: infections (A and B), injuries and complications (S
--     and T), heart attack (I21, I22), lung embolism (I26), endocarditis (I33), stroke (I60 to I63), pneumonia (J12 to
--     J18), respiratory failure (J96), sepsis of a joint (M00), fractures of weak bones (M80, M84), symptoms (R); in
--     ICD-9 001 to 139, 410, 415, 421, 430 to 434, 480 to 486, 518, 711, 733.1, 780 to 799 and 800 to 999. Without a
--     DRG only (1) can be told, and without any diagnosis a planned procedure stays unplanned.
with stay as (
    select
        s.person_id,
        s.start_date,
        s.drg_code,
        s.diagnosis_system,
        replace(s.principal_diagnosis_code, '.', '') as code,
        left(s.principal_diagnosis_code, 3) as stem
    from core.stay as s
    where s.stay_type = 'acute'
),

judged as (
    select
        s.*,
        case
            when s.diagnosis_system = 'ICD9CM'
                then
                    s.stem between '001' and '139'
                    or s.stem in ('410', '415', '421', '518', '711')
                    or s.stem between '430' and '434'
                    or s.stem between '480' and '486'
                    or starts_with(s.code, '7331')
                    or s.stem between '780' and '999'
            else
                left(s.code, 1) in ('A', 'B', 'R', 'S', 'T')
                or s.stem in ('I21', 'I22', 'I26', 'I33', 'J96', 'M00', 'M80', 'M84')
                or s.stem between 'I60' and 'I63'
                or s.stem between 'J12' and 'J18'
        end as has_acute_diagnosis
    from stay as s
),

reasoned as (
    select
        j.person_id,
        j.start_date,
        case
            when
                (j.diagnosis_system = 'ICD9CM' and j.code in ('V580', 'V5811', 'V5812'))
                or (coalesce(j.diagnosis_system, '') <> 'ICD9CM' and j.code in ('Z510', 'Z5111', 'Z5112'))
                or j.drg_code between '837' and '839'
                or j.drg_code between '846' and '849'
                then 'cancer treatment'
            when
                j.drg_code in ('001', '002', '014')
                or j.drg_code between '005' and '010'
                or j.drg_code between '016' and '019'
                or j.drg_code between '650' and '652'
                then 'transplant'
            when
                j.drg_code between '765' and '768'
                or j.drg_code in ('774', '775')
                or j.drg_code between '783' and '788'
                or j.drg_code between '796' and '798'
                or j.drg_code between '805' and '807'
                then 'delivery'
            when
                not j.has_acute_diagnosis
                and (
                    j.drg_code in ('461', '462', '483', '266', '267', '707', '708', '742', '743', '582', '583')
                    or j.drg_code between '466' and '470'
                    or j.drg_code between '453' and '460'
                    or j.drg_code between '471' and '473'
                    or j.drg_code between '216' and '221'
                    or j.drg_code between '231' and '236'
                    or j.drg_code between '037' and '039'
                    or j.drg_code between '619' and '621'
                    or j.drg_code between '625' and '627'
                )
                then 'planned procedure'
        end as reason
    from judged as j
)

select
    r.person_id,
    r.start_date,
    r.reason
from reasoned as r
where r.reason is not null
