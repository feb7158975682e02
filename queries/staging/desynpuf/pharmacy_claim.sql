-- title:       Prescription drug events in CMS DE-SynPUF
-- grain:       data_source, claim_id
-- why:         TOT_RX_CST_AMT is the whole cost of a fill and PTNT_PAY_AMT what the person paid of it; the rest was
--     paid by the plan, Medicare's subsidies and others, which the file doesn't tell apart. An NDC has eleven digits,
--     so one that lost its leading zeros gets them back; other words and all zeros are no NDC.
select
    d.data_source,
    d.desynpuf_id as source_person_id,
    d.pde_id as claim_id,
    1 as claim_line_number,
    cast(null as varchar) as member_id,
    'Medicare' as payer,
    cast(null as varchar) as plan,
    d.srvc_dt as dispensing_date,
    case
        when d.prod_srvc_id similar to '[0-9]{1,11}' and d.prod_srvc_id similar to '.*[1-9].*'
            then lpad(d.prod_srvc_id, 11, '0')
    end as ndc_code,
    cast(null as varchar) as rxnorm_code,
    d.qty_dspnsd_num as quantity,
    d.days_suply_num as days_supply,
    cast(null as integer) as refills,
    cast(null as date) as paid_date,
    d.tot_rx_cst_amt - coalesce(d.ptnt_pay_amt, 0) as paid_usd,
    d.tot_rx_cst_amt as allowed_usd,
    cast(null as decimal(12, 2)) as charge_usd,
    cast(null as varchar) as prescriber_id
from raw.desynpuf_prescription_drug_events as d
