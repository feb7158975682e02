-- title:       Enrolment months in CMS DE-SynPUF
-- grain:       data_source, source_person_id, plan, start_date
-- why:         The files say how many months of a year a person had each part of Medicare, and not which. The months
--     are written as the first ones of the year: 7 months run from January to July. Only their number means anything,
--     and the basis months_only says so. A part covers medical care where the files hold the claims it pays: Part A
--     always (hospital stays), Part B only in a source that has outpatient or carrier claims; Part D covers pharmacy
--     in a source that has drug events. Where both A and B cover, a member month is a month with either, and the
--     months are taken to overlap as far as they can. Months in managed care (HMO) are kept as spans that cover
--     nothing of their own: they are no months besides Part A and B, and they are not taken out, because the claims
--     in these files don't leave managed care out.
-- see:         CMS 2008-2010 DE-SynPUF codebook: BENE_HI_CVRAGE_TOT_MONS, _SMI_, _HMO_, PLAN_CVRG_MOS_NUM
with part_b_source as (
    select distinct o.data_source from raw.desynpuf_outpatient_claims as o
    union
    select distinct c.data_source from raw.desynpuf_carrier_claims as c
),

pharmacy_source as (
    select distinct d.data_source from raw.desynpuf_prescription_drug_events as d
),

beneficiary as (
    select b.*
    from raw.desynpuf_beneficiary_summary as b
    qualify row_number() over (
        partition by b.data_source, b.desynpuf_id, b.year
        order by
            b.bene_hi_cvrage_tot_mons desc, b.bene_smi_cvrage_tot_mons desc, b.bene_hmo_cvrage_tot_mons desc,
            b.plan_cvrg_mos_num desc
    ) = 1
),

part as (
    select
        b.data_source,
        b.desynpuf_id,
        b.year,
        unnest(['Medicare Part A', 'Medicare Part B', 'Medicare managed care', 'Medicare Part D']) as plan,
        unnest([
            b.bene_hi_cvrage_tot_mons, b.bene_smi_cvrage_tot_mons, b.bene_hmo_cvrage_tot_mons, b.plan_cvrg_mos_num
        ]) as months
    from beneficiary as b
)

select
    p.data_source,
    p.desynpuf_id as source_person_id,
    cast(null as varchar) as member_id,
    'Medicare' as payer,
    'medicare' as payer_type,
    p.plan,
    make_date(p.year, 1, 1) as start_date,
    make_date(p.year + p.months // 12, p.months % 12 + 1, 1) - 1 as end_date,
    'months_only' as enrolment_basis,
    p.plan = 'Medicare Part A' or (p.plan = 'Medicare Part B' and b.data_source is not null) as covers_medical,
    p.plan = 'Medicare Part D' and d.data_source is not null as covers_pharmacy
from part as p
left join part_b_source as b on p.data_source = b.data_source
left join pharmacy_source as d on p.data_source = d.data_source
where p.months between 1 and 12
