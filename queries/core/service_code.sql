-- title:       What each code on a claim line says about the service
-- question:    Which setting, kind of service and kind of visit does each bill type, revenue center, place of service
--     and procedure code stand for?
-- grain:       code_kind, code
-- why:         A line's category is decided from its codes in the order of core.claim_line. Each code that the data
--     hold is judged here once, so that millions of lines only look it up. setting is where the person was and decides
--     before anything else; service is what was done and decides where no setting does. visit_rank says what kind of
--     visit the code shows: 1 emergency, 2 observation, 3 telehealth, 4 home, 5 office, 6 other hospital outpatient.
--     is_surgery: an operation (10004 to 69990, but for drawing blood, 36415 and 36416), which counts as outpatient
--     surgery in the outpatient places of a hospital. is_health_center: places 50 and 72, codes T1015 and G0466 to
--     G0470, bill types 71x and 77x. Codes that say nothing are left out. Bill types and revenue centers are those of
--     the NUBC, places those of CMS, procedure codes CPT and HCPCS level II, by ranges of their own chapters.
with combination as materialized (
    select distinct
        c.bill_type_code,
        c.revenue_center_code,
        c.place_of_service_code,
        c.hcpcs_code
    from staging.medical_claim as c
),

code as (
    select distinct 'bill_type' as code_kind, c.bill_type_code as code from combination as c
    union all
    select distinct 'revenue_center', c.revenue_center_code from combination as c
    union all
    select distinct 'place', c.place_of_service_code from combination as c
    union all
    select distinct 'procedure', c.hcpcs_code from combination as c
),

bill_type as (
    select
        c.code_kind,
        c.code,
        'setting' as setting_level,
        'bill type' as service_level,
        case
            -- 11x hospital inpatient, 12x the same under Part B, 41x religious nonmedical hospital
            when c.code between '110' and '129' or c.code between '410' and '419' then 'inpatient'
            -- 18x swing bed, 2xx skilled nursing facility
            when c.code between '180' and '189' or c.code between '200' and '299' then 'skilled_nursing'
            -- 3xx home health agency, 81x and 82x hospice
            when c.code between '300' and '399' or c.code between '810' and '829' then 'home_hospice'
            when c.code between '720' and '729' then 'dialysis'
        end as setting,
        case
            when c.code between '140' and '149' then 'laboratory'
            -- rural health clinic; clinics of several kinds
            when c.code between '710' and '719' or c.code between '730' and '739' or c.code between '770' and '779'
                then 'office_visit'
            when c.code between '760' and '769' then 'behavioural'
        end as service,
        cast(null as integer) as visit_rank
    from code as c
    where c.code_kind = 'bill_type'
),

revenue_center as (
    select
        c.code_kind,
        c.code,
        'line setting' as setting_level,
        'revenue center' as service_level,
        case
            when c.code between '0450' and '0459' or c.code = '0981' then 'emergency'
            when c.code = '0762' then 'observation'
            when c.code = '0022' or c.code between '0190' and '0199' then 'skilled_nursing'
            -- rooms, and intensive care
            when c.code between '0100' and '0219' then 'inpatient'
            when c.code between '0550' and '0599' or c.code between '0650' and '0659' then 'home_hospice'
            when c.code between '0820' and '0859' or c.code between '0880' and '0889' then 'dialysis'
        end as setting,
        case
            when
                c.code between '0250' and '0269'
                or c.code in ('0331', '0332', '0335', '0771')
                or c.code between '0630' and '0639'
                then 'drugs_medical'
            when c.code between '0290' and '0299' or c.code between '0540' and '0549' then 'equipment_transport'
            when c.code between '0300' and '0319' then 'laboratory'
            when
                c.code between '0320' and '0329'
                or c.code between '0340' and '0359'
                or c.code between '0400' and '0409'
                or c.code between '0610' and '0619'
                then 'imaging'
            when c.code between '0510' and '0529' then 'office_visit'
            when c.code between '0900' and '0919' or c.code between '0944' and '0945' then 'behavioural'
        end as service,
        case
            when c.code between '0450' and '0459' or c.code = '0981' then 1
            when c.code = '0762' then 2
            when c.code between '0550' and '0599' then 4
            when c.code between '0510' and '0529' then 5
        end as visit_rank
    from code as c
    where c.code_kind = 'revenue_center'
),

place as (
    select
        c.code_kind,
        c.code,
        'setting' as setting_level,
        'place' as service_level,
        case
            when c.code = '23' then 'emergency'
            -- hospital, psychiatric facility, rehabilitation facility
            when c.code in ('21', '51', '61') then 'inpatient'
            when c.code in ('31', '32') then 'skilled_nursing'
            when c.code = '34' then 'home_hospice'
            when c.code = '65' then 'dialysis'
            when c.code = '24' then 'outpatient_surgery'
            when c.code in ('02', '10') then 'telehealth'
        end as setting,
        case
            when c.code in ('11', '17', '20', '49', '50', '71', '72') then 'office_visit'
            when c.code in ('19', '22', '26', '62') then 'outpatient_hospital'
            when c.code = '81' then 'laboratory'
            when c.code = '12' then 'home_hospice'
            when c.code between '52' and '58' then 'behavioural'
            when c.code in ('41', '42') then 'equipment_transport'
        end as service,
        case
            when c.code = '23' then 1
            when c.code in ('02', '10') then 3
            when c.code = '12' then 4
            when c.code in ('11', '17', '20', '49', '50', '71', '72') then 5
            when c.code in ('19', '22', '24', '26', '53', '57', '62') then 6
        end as visit_rank
    from code as c
    where c.code_kind = 'place'
),

procedure as (
    select
        c.code_kind,
        c.code,
        'line setting' as setting_level,
        'procedure' as service_level,
        case
            when c.code between '99281' and '99285' or c.code between 'G0380' and 'G0384' then 'emergency'
            when c.code between 'G0378' and 'G0379' then 'observation'
            when c.code between 'G0151' and 'G0164' or c.code between 'G0299' and 'G0300' then 'home_hospice'
            when c.code between '90935' and '90999' then 'dialysis'
        end as setting,
        case
            when c.code between '36415' and '36416' then 'laboratory'
            when
                c.code between '70010' and '77092'
                or c.code between '78012' and '78999'
                or c.code between 'A9500' and 'A9700'
                or c.code between 'R0070' and 'R0076'
                then 'imaging'
            when
                c.code between '80047' and '89398'
                or c.code between '0001U' and '0999U'
                or c.code between 'G0480' and 'G0483'
                or c.code between 'P2028' and 'P7001'
                then 'laboratory'
            when
                c.code between '90281' and '90759'
                or c.code between '96360' and '96549'
                or c.code between 'G0008' and 'G0010'
                or c.code between 'J0000' and 'J9999'
                or c.code between 'Q0138' and 'Q0181'
                or c.code between 'Q2001' and 'Q2099'
                or c.code between 'Q4074' and 'Q4082'
                or c.code between 'Q5101' and 'Q5199'
                then 'drugs_medical'
            when c.code between '90785' and '90899' or c.code between 'H0001' and 'H2041' then 'behavioural'
            when
                c.code between '99202' and '99215'
                or c.code between '99381' and '99429'
                or c.code in ('G0438', 'G0439', 'G0463', 'T1015')
                then 'office_visit'
            when
                c.code between 'A0021' and 'A9300'
                or c.code between 'B4034' and 'B9999'
                or c.code between 'E0100' and 'E9999'
                or c.code between 'K0001' and 'L9999'
                or c.code in ('S0209', 'S0215')
                or c.code between 'T2001' and 'T2007'
                then 'equipment_transport'
        end as service,
        case
            when c.code between '99281' and '99285' or c.code between 'G0380' and 'G0384' then 1
            when c.code between 'G0378' and 'G0379' then 2
            when c.code between 'G0151' and 'G0164' or c.code between 'G0299' and 'G0300' then 4
            when c.code in ('G0463', 'T1015') then 5
        end as visit_rank
    from code as c
    where c.code_kind = 'procedure'
),

judged as (
    select * from bill_type
    union all
    select * from revenue_center
    union all
    select * from place
    union all
    select * from procedure
)

select
    j.code_kind,
    j.code,
    r.category_rank,
    cast(j.visit_rank as tinyint) as visit_rank,
    j.code_kind = 'procedure'
    and j.code between '10004' and '69990'
    and j.code not between '36415' and '36416' as is_surgery,
    case j.code_kind
        when 'bill_type' then j.code between '710' and '719' or j.code between '770' and '779'
        when 'place' then j.code in ('50', '72')
        when 'procedure' then j.code = 'T1015' or j.code between 'G0466' and 'G0470'
        else false
    end as is_health_center
from judged as j
left join core.service_category as r
    on
        coalesce(j.setting, j.service) = r.service_category
        and case when j.setting is null then j.service_level else j.setting_level end = r.decided_by
where
    r.category_rank is not null
    or j.visit_rank is not null
    or (j.code_kind = 'procedure' and (j.code between '10004' and '69990' or j.code between 'G0466' and 'G0470'))
