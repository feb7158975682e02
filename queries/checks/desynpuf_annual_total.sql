-- title:       DE-SynPUF: hospital payments that differ from Medicare's annual total
-- question:    For how many beneficiaries and years do hospital claims not add up to what Medicare says it paid?
-- grain:       data_source
-- kind:        plausibility
-- threshold:   0.1 % of beneficiary years
-- not_fit:     10 % of beneficiary years
-- affects:     pmpm_usd, cost_distribution, inpatient_stays_per_1000
-- remedy:      Give all inpatient files of the sample and all years of its beneficiaries; a part of them does not
--     add up.
-- why:         The beneficiary file states Medicare's inpatient payments of each year (MEDREIMB_IP). By the codebook
--     that is the payment plus the days times the pass-through amount a day, by year of discharge; continuation rows
--     aren't counted in it. Only beneficiary years with a stay are compared, and a dollar is allowed for rounding.
with stay as (
    select
        c.data_source,
        c.desynpuf_id,
        year(c.nch_bene_dschrg_dt) as year,
        sum(c.clm_pmt_amt + coalesce(c.clm_utlztn_day_cnt * c.clm_pass_thru_per_diem_amt, 0)) as paid_usd
    from raw.desynpuf_inpatient_claims as c
    where c.segment = 1
    group by c.data_source, c.desynpuf_id, year(c.nch_bene_dschrg_dt)
)

select
    s.data_source,
    count(*) filter (where abs(s.paid_usd - b.medreimb_ip) >= 1) as found_count,
    count(*) as checked_count
from stay as s
inner join raw.desynpuf_beneficiary_summary as b
    on s.data_source = b.data_source and s.desynpuf_id = b.desynpuf_id and s.year = b.year
where b.medreimb_ip is not null
group by s.data_source
