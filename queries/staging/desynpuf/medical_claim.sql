-- title:       Medical claim lines in CMS DE-SynPUF
-- grain:       data_source, claim_id, claim_line_number, paid_usd, allowed_usd
-- why:         Hospital claims (inpatient, outpatient) carry one amount a claim: it stands on line 1, and the other
--     lines only name services. Paid is CLM_PMT_AMT, Medicare's payment for the claim. Allowed adds what others owe for
--     it: the first payer, the person's deductible, coinsurance and blood deductible, and for a stay the pass-through
--     amount a day times the days. A continuation row (SEGMENT 2) has the claim's number, codes that didn't fit the
--     first row, no dates, and amounts that Medicare's own annual totals don't count a second time: its codes join the
--     claim, and its payment is a cancelled line (1002), so that what was delivered still adds up. Payments below zero
--     stay as they are. Carrier claims hold up to 13 lines with amounts of their own; a line is denied unless its
--     processing indicator is A, or R or S with an allowed amount, as CMS adds up its own totals. A number is a claim's
--     within its kind of file, so the kind is part of claim_id. Diagnoses are ICD-9-CM without dots in the files: a dot
--     comes after three characters, after four where the code begins with E.
-- see:         CMS 2008-2010 DE-SynPUF codebook; its formulas for MEDREIMB_IP, _OP and _CAR
with hospital_row as (
    select
        'inpatient-' || c.clm_id as claim_id,
        c.data_source,
        c.desynpuf_id,
        c.segment,
        c.prvdr_num,
        c.at_physn_npi,
        c.clm_from_dt,
        c.clm_thru_dt,
        c.clm_admsn_dt,
        c.nch_bene_dschrg_dt,
        case when c.clm_drg_cd similar to '[0-9]{3}' and c.clm_drg_cd <> '000' then c.clm_drg_cd end as drg_code,
        c.clm_pmt_amt,
        c.clm_pmt_amt + coalesce(c.nch_prmry_pyr_clm_pd_amt, 0)
        + coalesce(c.nch_bene_ip_ddctbl_amt, 0) + coalesce(c.nch_bene_pta_coinsrnc_lblty_am, 0)
        + coalesce(c.nch_bene_blood_ddctbl_lblty_am, 0)
        + coalesce(c.clm_pass_thru_per_diem_amt * c.clm_utlztn_day_cnt, 0) as allowed_amt,
        list_filter([
            c.icd9_dgns_cd_1, c.icd9_dgns_cd_2, c.icd9_dgns_cd_3, c.icd9_dgns_cd_4, c.icd9_dgns_cd_5,
            c.icd9_dgns_cd_6, c.icd9_dgns_cd_7, c.icd9_dgns_cd_8, c.icd9_dgns_cd_9, c.icd9_dgns_cd_10
        ], lambda d: d is not null) as diagnoses,
        list_filter([
            c.hcpcs_cd_1, c.hcpcs_cd_2, c.hcpcs_cd_3, c.hcpcs_cd_4, c.hcpcs_cd_5, c.hcpcs_cd_6, c.hcpcs_cd_7,
            c.hcpcs_cd_8, c.hcpcs_cd_9, c.hcpcs_cd_10, c.hcpcs_cd_11, c.hcpcs_cd_12, c.hcpcs_cd_13, c.hcpcs_cd_14,
            c.hcpcs_cd_15, c.hcpcs_cd_16, c.hcpcs_cd_17, c.hcpcs_cd_18, c.hcpcs_cd_19, c.hcpcs_cd_20, c.hcpcs_cd_21,
            c.hcpcs_cd_22, c.hcpcs_cd_23, c.hcpcs_cd_24, c.hcpcs_cd_25, c.hcpcs_cd_26, c.hcpcs_cd_27, c.hcpcs_cd_28,
            c.hcpcs_cd_29, c.hcpcs_cd_30, c.hcpcs_cd_31, c.hcpcs_cd_32, c.hcpcs_cd_33, c.hcpcs_cd_34, c.hcpcs_cd_35,
            c.hcpcs_cd_36, c.hcpcs_cd_37, c.hcpcs_cd_38, c.hcpcs_cd_39, c.hcpcs_cd_40, c.hcpcs_cd_41, c.hcpcs_cd_42,
            c.hcpcs_cd_43, c.hcpcs_cd_44, c.hcpcs_cd_45
        ], lambda h: h is not null) as services
    from raw.desynpuf_inpatient_claims as c
    union all
    select
        'outpatient-' || c.clm_id as claim_id,
        c.data_source,
        c.desynpuf_id,
        c.segment,
        c.prvdr_num,
        c.at_physn_npi,
        c.clm_from_dt,
        c.clm_thru_dt,
        cast(null as date) as clm_admsn_dt,
        cast(null as date) as nch_bene_dschrg_dt,
        cast(null as varchar) as drg_code,
        c.clm_pmt_amt,
        c.clm_pmt_amt + coalesce(c.nch_prmry_pyr_clm_pd_amt, 0)
        + coalesce(c.nch_bene_ptb_ddctbl_amt, 0) + coalesce(c.nch_bene_ptb_coinsrnc_amt, 0)
        + coalesce(c.nch_bene_blood_ddctbl_lblty_am, 0) as allowed_amt,
        list_filter([
            c.icd9_dgns_cd_1, c.icd9_dgns_cd_2, c.icd9_dgns_cd_3, c.icd9_dgns_cd_4, c.icd9_dgns_cd_5,
            c.icd9_dgns_cd_6, c.icd9_dgns_cd_7, c.icd9_dgns_cd_8, c.icd9_dgns_cd_9, c.icd9_dgns_cd_10
        ], lambda d: d is not null) as diagnoses,
        list_filter([
            c.hcpcs_cd_1, c.hcpcs_cd_2, c.hcpcs_cd_3, c.hcpcs_cd_4, c.hcpcs_cd_5, c.hcpcs_cd_6, c.hcpcs_cd_7,
            c.hcpcs_cd_8, c.hcpcs_cd_9, c.hcpcs_cd_10, c.hcpcs_cd_11, c.hcpcs_cd_12, c.hcpcs_cd_13, c.hcpcs_cd_14,
            c.hcpcs_cd_15, c.hcpcs_cd_16, c.hcpcs_cd_17, c.hcpcs_cd_18, c.hcpcs_cd_19, c.hcpcs_cd_20, c.hcpcs_cd_21,
            c.hcpcs_cd_22, c.hcpcs_cd_23, c.hcpcs_cd_24, c.hcpcs_cd_25, c.hcpcs_cd_26, c.hcpcs_cd_27, c.hcpcs_cd_28,
            c.hcpcs_cd_29, c.hcpcs_cd_30, c.hcpcs_cd_31, c.hcpcs_cd_32, c.hcpcs_cd_33, c.hcpcs_cd_34, c.hcpcs_cd_35,
            c.hcpcs_cd_36, c.hcpcs_cd_37, c.hcpcs_cd_38, c.hcpcs_cd_39, c.hcpcs_cd_40, c.hcpcs_cd_41, c.hcpcs_cd_42,
            c.hcpcs_cd_43, c.hcpcs_cd_44, c.hcpcs_cd_45
        ], lambda h: h is not null) as services
    from raw.desynpuf_outpatient_claims as c
),

continuation as (
    select
        r.data_source,
        r.claim_id,
        flatten(
            list_transform(list_sort(list({ 'segment': r.segment, 'codes': r.diagnoses })), lambda s: s.codes)
        ) as diagnoses
    from hospital_row as r
    where r.segment > 1
    group by r.data_source, r.claim_id
),

first_row as (
    select
        r.data_source,
        r.claim_id,
        min(r.clm_from_dt) as clm_from_dt,
        max(r.clm_thru_dt) as clm_thru_dt
    from hospital_row as r
    where r.segment = 1
    group by r.data_source, r.claim_id
),

hospital as (
    select
        r.* exclude (diagnoses, clm_from_dt, clm_thru_dt),
        coalesce(r.clm_from_dt, f.clm_from_dt) as clm_from_dt,
        coalesce(r.clm_thru_dt, f.clm_thru_dt) as clm_thru_dt,
        case when r.segment = 1 then r.diagnoses || coalesce(c.diagnoses, []) else r.diagnoses end as diagnoses
    from hospital_row as r
    left join continuation as c on r.data_source = c.data_source and r.claim_id = c.claim_id
    left join first_row as f on r.data_source = f.data_source and r.claim_id = f.claim_id
),

hospital_service as (
    select
        h.*,
        unnest(range(1, case when h.segment = 1 then greatest(len(h.services), 1) else len(h.services) end + 1))
            as service_number
    from hospital as h
),

hospital_line as (
    select
        s.* exclude (clm_pmt_amt, allowed_amt, services),
        45 * (s.segment - 1) + s.service_number as line_number,
        s.services[s.service_number] as hcpcs_code,
        case when s.segment = 1 and s.service_number = 1 then s.clm_pmt_amt end as paid_usd,
        case when s.segment = 1 and s.service_number = 1 then s.allowed_amt end as allowed_usd,
        'active' as status
    from hospital_service as s
    union all
    select
        h.* exclude (clm_pmt_amt, allowed_amt, services),
        0 as service_number,
        1000 + h.segment as line_number,
        cast(null as varchar) as hcpcs_code,
        h.clm_pmt_amt as paid_usd,
        h.allowed_amt as allowed_usd,
        'cancelled' as status
    from hospital as h
    where h.segment > 1
),

carrier_row as (
    select
        c.data_source,
        c.desynpuf_id,
        c.clm_id,
        c.clm_from_dt,
        c.clm_thru_dt,
        list_filter([
            c.icd9_dgns_cd_1, c.icd9_dgns_cd_2, c.icd9_dgns_cd_3, c.icd9_dgns_cd_4, c.icd9_dgns_cd_5,
            c.icd9_dgns_cd_6, c.icd9_dgns_cd_7, c.icd9_dgns_cd_8
        ], lambda d: d is not null) as diagnoses,
        [
            {
                'hcpcs': c.hcpcs_cd_1, 'diagnosis': c.line_icd9_dgns_cd_1, 'npi': c.prf_physn_npi_1,
                'tax': c.tax_num_1, 'paid': c.line_nch_pmt_amt_1, 'allowed': c.line_alowd_chrg_amt_1,
                'indicator': c.line_prcsg_ind_cd_1
            },
            {
                'hcpcs': c.hcpcs_cd_2, 'diagnosis': c.line_icd9_dgns_cd_2, 'npi': c.prf_physn_npi_2,
                'tax': c.tax_num_2, 'paid': c.line_nch_pmt_amt_2, 'allowed': c.line_alowd_chrg_amt_2,
                'indicator': c.line_prcsg_ind_cd_2
            },
            {
                'hcpcs': c.hcpcs_cd_3, 'diagnosis': c.line_icd9_dgns_cd_3, 'npi': c.prf_physn_npi_3,
                'tax': c.tax_num_3, 'paid': c.line_nch_pmt_amt_3, 'allowed': c.line_alowd_chrg_amt_3,
                'indicator': c.line_prcsg_ind_cd_3
            },
            {
                'hcpcs': c.hcpcs_cd_4, 'diagnosis': c.line_icd9_dgns_cd_4, 'npi': c.prf_physn_npi_4,
                'tax': c.tax_num_4, 'paid': c.line_nch_pmt_amt_4, 'allowed': c.line_alowd_chrg_amt_4,
                'indicator': c.line_prcsg_ind_cd_4
            },
            {
                'hcpcs': c.hcpcs_cd_5, 'diagnosis': c.line_icd9_dgns_cd_5, 'npi': c.prf_physn_npi_5,
                'tax': c.tax_num_5, 'paid': c.line_nch_pmt_amt_5, 'allowed': c.line_alowd_chrg_amt_5,
                'indicator': c.line_prcsg_ind_cd_5
            },
            {
                'hcpcs': c.hcpcs_cd_6, 'diagnosis': c.line_icd9_dgns_cd_6, 'npi': c.prf_physn_npi_6,
                'tax': c.tax_num_6, 'paid': c.line_nch_pmt_amt_6, 'allowed': c.line_alowd_chrg_amt_6,
                'indicator': c.line_prcsg_ind_cd_6
            },
            {
                'hcpcs': c.hcpcs_cd_7, 'diagnosis': c.line_icd9_dgns_cd_7, 'npi': c.prf_physn_npi_7,
                'tax': c.tax_num_7, 'paid': c.line_nch_pmt_amt_7, 'allowed': c.line_alowd_chrg_amt_7,
                'indicator': c.line_prcsg_ind_cd_7
            },
            {
                'hcpcs': c.hcpcs_cd_8, 'diagnosis': c.line_icd9_dgns_cd_8, 'npi': c.prf_physn_npi_8,
                'tax': c.tax_num_8, 'paid': c.line_nch_pmt_amt_8, 'allowed': c.line_alowd_chrg_amt_8,
                'indicator': c.line_prcsg_ind_cd_8
            },
            {
                'hcpcs': c.hcpcs_cd_9, 'diagnosis': c.line_icd9_dgns_cd_9, 'npi': c.prf_physn_npi_9,
                'tax': c.tax_num_9, 'paid': c.line_nch_pmt_amt_9, 'allowed': c.line_alowd_chrg_amt_9,
                'indicator': c.line_prcsg_ind_cd_9
            },
            {
                'hcpcs': c.hcpcs_cd_10, 'diagnosis': c.line_icd9_dgns_cd_10, 'npi': c.prf_physn_npi_10,
                'tax': c.tax_num_10, 'paid': c.line_nch_pmt_amt_10, 'allowed': c.line_alowd_chrg_amt_10,
                'indicator': c.line_prcsg_ind_cd_10
            },
            {
                'hcpcs': c.hcpcs_cd_11, 'diagnosis': c.line_icd9_dgns_cd_11, 'npi': c.prf_physn_npi_11,
                'tax': c.tax_num_11, 'paid': c.line_nch_pmt_amt_11, 'allowed': c.line_alowd_chrg_amt_11,
                'indicator': c.line_prcsg_ind_cd_11
            },
            {
                'hcpcs': c.hcpcs_cd_12, 'diagnosis': c.line_icd9_dgns_cd_12, 'npi': c.prf_physn_npi_12,
                'tax': c.tax_num_12, 'paid': c.line_nch_pmt_amt_12, 'allowed': c.line_alowd_chrg_amt_12,
                'indicator': c.line_prcsg_ind_cd_12
            },
            {
                'hcpcs': c.hcpcs_cd_13, 'diagnosis': c.line_icd9_dgns_cd_13, 'npi': c.prf_physn_npi_13,
                'tax': c.tax_num_13, 'paid': c.line_nch_pmt_amt_13, 'allowed': c.line_alowd_chrg_amt_13,
                'indicator': c.line_prcsg_ind_cd_13
            }
        ] as services
    from raw.desynpuf_carrier_claims as c
),

carrier_service as (
    select
        c.* exclude (services),
        unnest(range(1, 14)) as line_number,
        unnest(c.services) as service
    from carrier_row as c
),

-- Places of the thirteen that nothing is written in are no lines; line 1 stays, since it stands for the claim.
carrier_line as (
    select
        c.data_source,
        c.desynpuf_id,
        'carrier-' || c.clm_id as claim_id,
        c.line_number,
        c.clm_from_dt,
        c.clm_thru_dt,
        c.diagnoses
        || case
            when c.service.diagnosis is null or list_contains(c.diagnoses, c.service.diagnosis) then []
            else [c.service.diagnosis]
        end as diagnoses,
        c.service.hcpcs as hcpcs_code,
        c.service.npi as rendering_id,
        c.service.tax as billing_id,
        c.service.paid as paid_usd,
        c.service.allowed as allowed_usd,
        case
            when
                c.service.indicator is null
                or c.service.indicator = 'A'
                or (c.service.indicator in ('R', 'S') and c.service.allowed > 0)
                then 'active'
            else 'denied'
        end as status
    from carrier_service as c
    where
        c.line_number = 1
        or coalesce(c.service.hcpcs, c.service.diagnosis, c.service.npi, c.service.indicator) is not null
        or coalesce(c.service.paid, 0) <> 0
        or coalesce(c.service.allowed, 0) <> 0
),

line as (
    select
        h.data_source, h.desynpuf_id, h.claim_id, h.line_number, 'institutional' as claim_type, h.clm_from_dt,
        h.clm_thru_dt, h.clm_admsn_dt, h.nch_bene_dschrg_dt, h.drg_code, h.hcpcs_code, h.at_physn_npi as rendering_id,
        h.prvdr_num as billing_id, h.prvdr_num as facility_id, h.paid_usd, h.allowed_usd, h.diagnoses, h.status
    from hospital_line as h
    union all
    select
        c.data_source, c.desynpuf_id, c.claim_id, c.line_number, 'professional', c.clm_from_dt,
        c.clm_thru_dt, null, null, null, c.hcpcs_code, c.rendering_id,
        c.billing_id, null, c.paid_usd, c.allowed_usd, c.diagnoses, c.status
    from carrier_line as c
)

select
    l.data_source,
    l.desynpuf_id as source_person_id,
    l.claim_id,
    l.line_number as claim_line_number,
    l.claim_type,
    cast(null as varchar) as encounter_id,
    cast(null as varchar) as member_id,
    'Medicare' as payer,
    cast(null as varchar) as plan,
    l.clm_from_dt as claim_start_date,
    coalesce(l.clm_thru_dt, l.clm_from_dt) as claim_end_date,
    l.clm_from_dt as claim_line_start_date,
    coalesce(l.clm_thru_dt, l.clm_from_dt) as claim_line_end_date,
    l.clm_admsn_dt as admission_date,
    l.nch_bene_dschrg_dt as discharge_date,
    cast(null as varchar) as admit_source_code,
    cast(null as varchar) as discharge_disposition_code,
    cast(null as varchar) as place_of_service_code,
    cast(null as varchar) as bill_type_code,
    l.drg_code,
    cast(null as varchar) as revenue_center_code,
    upper(l.hcpcs_code) as hcpcs_code,
    cast([] as varchar[]) as hcpcs_modifiers,
    cast(null as double) as service_unit_quantity,
    l.rendering_id,
    l.billing_id,
    l.facility_id,
    cast(null as date) as paid_date,
    l.paid_usd,
    l.allowed_usd,
    cast(null as decimal(12, 2)) as charge_usd,
    list_transform(l.diagnoses, lambda d: case
        when d[1] = 'E' then d[:4] || case when length(d) > 4 then '.' || d[5:] else '' end
        else d[:3] || case when length(d) > 3 then '.' || d[4:] else '' end
    end) as diagnosis_codes,
    'ICD9CM' as diagnosis_system,
    cast([] as varchar[]) as procedure_codes,
    l.status,
    cast(null as varchar) as adjustment_type
from line as l
