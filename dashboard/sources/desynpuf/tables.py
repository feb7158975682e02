"""The five files of CMS DE-SynPUF: their columns, which must be there, and what a row may not say.

Names and order are those of the CMS 2008–2010 codebook; a spreadsheet's harm is refused, because a diagnosis code that
lost its leading zero is another diagnosis.
"""

from __future__ import annotations

from dataclasses import replace

from dashboard.sources.delimited import Rule, Table, table


def numbered(prefix: str, count: int, mark: str = "") -> str:
    """The columns prefix_1 … prefix_count.

    >>> numbered("hcpcs_cd", 2)
    'hcpcs_cd_1 hcpcs_cd_2'
    """
    return " ".join(f"{prefix}_{n}{mark}" for n in range(1, count + 1))


_CONDITIONS = ("sp_alzhdmta", "sp_chf", "sp_chrnkidn", "sp_cncr", "sp_copd", "sp_depressn", "sp_diabetes",
               "sp_ischmcht", "sp_osteoprs", "sp_ra_oa", "sp_strketia")  # fmt: skip
_YEAR_TOTALS = " ".join(f"{kind}_{part}?" for part in ("ip", "op", "car") for kind in ("medreimb", "benres", "pppymt"))
_MONTHS = ("bene_hi_cvrage_tot_mons", "bene_smi_cvrage_tot_mons", "bene_hmo_cvrage_tot_mons", "plan_cvrg_mos_num")
_DIAGNOSES = numbered("icd9_dgns_cd", 10)
_LINE = 13


def _shown(columns: str) -> list[str]:
    return [f'"{name}"' for name in columns.split()]


def _short_code_rules(providers: list[str], widths: dict[str, int], diagnoses: list[str]) -> tuple[Rule, ...]:
    """Rules against codes without their leading zeros: in one row, and in a file that has no such zero left.

    providers: ten-digit numbers; widths: other codes of a fixed width; diagnoses: codes of at least three characters.
    """
    codes = {**dict.fromkeys(providers, 10), **widths}
    short = " or ".join(
        [f"regexp_full_match({name}, '[0-9]{{1,{width - 1}}}')" for name, width in codes.items()]
        + [f"regexp_full_match({name}, '[0-9]{{1,2}}')" for name in diagnoses]
    )
    leading = " or ".join(f"starts_with({name}, '0')" for name in [*codes, *diagnoses])
    bare_file = (
        f"file_ordinal in (select file_ordinal from {{relation}} group by file_ordinal"
        f" having coalesce(bool_or({short}), false) and not coalesce(bool_or({leading}), false))"
    )
    rewritten = " or ".join(f"regexp_matches({name}, '[.+]')" for name in diagnoses)
    return (
        Rule("codes of this file have lost their leading zeros, as in a spreadsheet: take it as CMS published it",
             bare_file),
        Rule("a code has lost its leading zeros", f"coalesce({short}, false)"),
        Rule("a diagnosis code is written as a number or with a dot", f"coalesce({rewritten}, false)"),
    )  # fmt: skip


_PERSON = Rule("desynpuf_id isn't 16 hexadecimal digits", "not regexp_full_match(desynpuf_id, '[0-9A-Fa-f]{16}')")
_CLAIM = Rule("clm_id isn't a claim number of 12 to 17 digits", "not regexp_full_match(clm_id, '[0-9]{12,17}')")
_FIRST_ROW_DATED = Rule("the claim's first row has no readable clm_from_dt", "segment = 1 and clm_from_dt is null")
_MONTHS_OF_A_YEAR = Rule(
    "a number of months isn't between 0 and 12",
    " or ".join(f"{name} not between 0 and 12" for name in _MONTHS),
)
_HOSPITAL_RULES = (
    _PERSON,
    _CLAIM,
    Rule("segment is less than 1", "segment < 1"),
    _FIRST_ROW_DATED,
)

_HOSPITAL = f"""
    code: clm_id!
    text: desynpuf_id!
    int: segment!
    day: clm_from_dt*? clm_thru_dt*?
    text: prvdr_num
    usd: clm_pmt_amt! nch_prmry_pyr_clm_pd_amt?
    code: at_physn_npi? op_physn_npi? ot_physn_npi?
    usd: nch_bene_blood_ddctbl_lblty_am?
    text: admtng_icd9_dgns_cd {_DIAGNOSES.replace("icd9_dgns_cd_1 ", "icd9_dgns_cd_1* ")}
    text: {numbered("icd9_prcdr_cd", 6)} {numbered("hcpcs_cd", 45)}
"""

_TABLES = (
    replace(
        table("beneficiary_summary", "desynpuf_id year", f"""
            int: year! {" ".join(f"{name}!" for name in _MONTHS)}
            text: desynpuf_id!
            day: bene_birth_dt*? bene_death_dt*?
            code: bene_sex_ident_cd* bene_race_cd* sp_state_code* bene_county_cd*
            text: bene_esrd_ind
            code: {" ".join(_CONDITIONS)}
            usd: {_YEAR_TOTALS}
        """, subject="person"),
        rules=(_PERSON, _MONTHS_OF_A_YEAR),
    ),
    replace(
        table("inpatient_claims", "desynpuf_id clm_id segment clm_pmt_amt", f"""{_HOSPITAL}
            day: clm_admsn_dt*? nch_bene_dschrg_dt*?
            usd: clm_pass_thru_per_diem_amt? nch_bene_ip_ddctbl_amt? nch_bene_pta_coinsrnc_lblty_am?
            int: clm_utlztn_day_cnt?
            text: clm_drg_cd
        """),
        rules=(*_HOSPITAL_RULES, *_short_code_rules(["at_physn_npi", "op_physn_npi", "ot_physn_npi"],
                                                    {"clm_drg_cd": 3}, ["admtng_icd9_dgns_cd", *_DIAGNOSES.split()])),
    ),
    replace(
        table("outpatient_claims", "desynpuf_id clm_id segment clm_pmt_amt", f"""{_HOSPITAL}
            usd: nch_bene_ptb_ddctbl_amt? nch_bene_ptb_coinsrnc_amt?
        """),
        rules=(*_HOSPITAL_RULES, *_short_code_rules(["at_physn_npi", "op_physn_npi", "ot_physn_npi"], {},
                                                    ["admtng_icd9_dgns_cd", *_DIAGNOSES.split()])),
    ),
    replace(
        table("carrier_claims", f"desynpuf_id clm_id {numbered('line_nch_pmt_amt', _LINE)}", f"""
            code: clm_id! {numbered("prf_physn_npi", _LINE, "?")} {numbered("tax_num", _LINE, "?")}
            text: desynpuf_id!
            day: clm_from_dt! clm_thru_dt*?
            text: icd9_dgns_cd_1* {numbered("icd9_dgns_cd", 8).split(" ", 1)[1]}
            text: hcpcs_cd_1* {numbered("hcpcs_cd", _LINE).split(" ", 1)[1]}
            usd: line_nch_pmt_amt_1*? {numbered("line_nch_pmt_amt", _LINE, "?").split(" ", 1)[1]}
            usd: {numbered("line_bene_ptb_ddctbl_amt", _LINE, "?")} {numbered("line_bene_prmry_pyr_pd_amt", _LINE, "?")}
            usd: {numbered("line_coinsrnc_amt", _LINE, "?")} {numbered("line_alowd_chrg_amt", _LINE, "?")}
            text: {numbered("line_prcsg_ind_cd", _LINE)} {numbered("line_icd9_dgns_cd", _LINE)}
        """),
        rules=(_PERSON, _CLAIM, *_short_code_rules(numbered("prf_physn_npi", _LINE).split(), {},
                                                   numbered("icd9_dgns_cd", 8).split())),
    ),
    replace(
        table("prescription_drug_events", "desynpuf_id pde_id tot_rx_cst_amt", """
            code: pde_id! prod_srvc_id*?
            text: desynpuf_id!
            day: srvc_dt!
            number: qty_dspnsd_num?
            int: days_suply_num?
            usd: ptnt_pay_amt? tot_rx_cst_amt!
        """),
        rules=(_PERSON,),
    ),
)  # fmt: skip

TABLES: dict[str, Table] = {one.name: one for one in _TABLES}
