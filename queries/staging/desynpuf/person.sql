-- title:       People in CMS DE-SynPUF
-- grain:       data_source, source_person_id
-- why:         The beneficiary files come by year and repeat the person in each. What may change (state, county) is
--     taken from the latest year; a death from the earliest year that states one. A race code 5 means Hispanic: that
--     is an ethnicity in the race field, so race is unknown, and of everyone else the ethnicity is unknown. Places are
--     Social Security state and county codes; the county needs a crosswalk that the user gives with --area, and is
--     unknown without. Birth and death dates are the first of a month in all files: CMS hid the day.
-- see:         CMS 2008-2010 DE-SynPUF codebook
with beneficiary as (
    select
        b.*,
        min(b.bene_death_dt) over (partition by b.data_source, b.desynpuf_id) as first_death_date,
        lpad(b.sp_state_code, 2, '0') as ssa_state_code,
        lpad(b.sp_state_code, 2, '0') || lpad(b.bene_county_cd, 3, '0') as ssa_county_code
    from raw.desynpuf_beneficiary_summary as b
    qualify row_number() over (
        partition by b.data_source, b.desynpuf_id
        order by
            b.year desc, b.bene_death_dt nulls last, b.bene_birth_dt nulls last, b.bene_sex_ident_cd nulls last,
            b.bene_race_cd nulls last, b.sp_state_code nulls last, b.bene_county_cd nulls last
    ) = 1
)

select
    b.data_source,
    b.desynpuf_id as source_person_id,
    b.bene_birth_dt as birth_date,
    b.first_death_date as death_date,
    b.first_death_date is not null as is_deceased,
    case b.bene_sex_ident_cd when '1' then 'male' when '2' then 'female' end as sex,
    case b.bene_sex_ident_cd when '1' then '248153007' when '2' then '248152002' end as sex_code,
    case b.bene_race_cd
        when '1' then 'White'
        when '2' then 'Black or African American'
        when '3' then 'Other Race'
    end as race,
    case when b.bene_race_cd in ('1', '2', '3') then 'enrolment code' end as race_source,
    case when b.bene_race_cd = '5' then 'Hispanic or Latino' end as ethnicity,
    case when b.bene_race_cd = '5' then 'race field' end as ethnicity_source,
    cast(null as varchar) as language,
    s.state,
    c.county_fips,
    cast(null as varchar) as zip_code
from beneficiary as b
left join reference.ssa_state as s on b.ssa_state_code = s.ssa_state_code
left join reference.ssa_county as c on b.ssa_county_code = c.ssa_county_code
