"""What the synthetic population holds: sound references, the claim rules, plausible figures, the planted inequities."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

from dashboard.sources import synthetic
from dashboard.warehouse import connect

PEOPLE = 20_000
VISIT_CODES = "('G0438', 'G0439', 'G0463', 'T1015')"
AREA_INDEX = synthetic.FOLDER.parent / "reference" / "synthetic_area_index.csv"


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[connect.Connection]:
    """The tables of a population as views, with `final_line` (claims netted by the stated rule) and `member_month`."""
    out = tmp_path_factory.mktemp("demo") / "plan"
    rows = synthetic.write_population(out, people=PEOPLE, seed=11).rows
    con = connect.memory(threads=2)
    for table in rows:
        con.execute(f"create view {table} as select * from read_parquet('{out}/{table}/*.parquet')")
    con.execute(
        f"create view area as select * from read_csv('{AREA_INDEX}', comment = '#', types = {{'area_id': 'VARCHAR'}})"
    )
    con.execute("""
        create table final_line as
        select
            claim_id, claim_line_number, any_value(person_id) as person_id, any_value(claim_start_date) as start_date,
            any_value(bill_type_code) as bill_type_code, any_value(revenue_center_code) as revenue_center_code,
            any_value(claim_end_date) as end_date, any_value(discharge_disposition_code) as disposition,
            any_value(drg_code) as drg_code, any_value(facility_npi) as facility_npi,
            sum(allowed_amount) as allowed_usd
        from medical_claim
        group by claim_id, claim_line_number
    """)
    con.execute("""
        create table stay as
        select *, row_number() over () as stay_id
        from (
            select person_id, start_date, end_date, disposition, drg_code, facility_npi, sum(allowed_usd) as allowed_usd
            from final_line
            where left(bill_type_code, 2) = '11' and drg_code not in ('795', '885', '897')
            group by claim_id, person_id, start_date, end_date, disposition, drg_code, facility_npi
            having sum(allowed_usd) > 0
        )
    """)
    con.execute("""
        create table member_month as
        select distinct
            person_id,
            unnest(
                generate_series(date_trunc('month', enrollment_start_date), enrollment_end_date, interval 1 month)
            ) as month
        from eligibility
    """)
    yield con
    con.close()


def number(con: connect.Connection, sql: str) -> float:
    return float(con.execute(sql).fetchall()[0][0])


# --- sound references -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("patient", "person_id"),
        ("encounter", "encounter_id"),
        ("condition", "condition_id"),
        ("lab_result", "lab_result_id"),
        ("observation", "observation_id"),
        ("medication", "medication_id"),
        ("immunization", "immunization_id"),
        ("procedure", "procedure_id"),
        ("eligibility", "person_id, plan, enrollment_start_date"),
        ("provider_attribution", "person_id, year_month"),
        ("medical_claim", "claim_id, claim_line_number, adjustment_type"),
        ("pharmacy_claim", "claim_id, claim_line_number, adjustment_type"),
    ],
)
def test_keys_are_unique(plan: connect.Connection, table: str, key: str) -> None:
    assert number(plan, f"select count(*) - count(distinct ({key})) from {table}") == 0


@pytest.mark.parametrize(
    "table",
    [
        *("eligibility", "medical_claim", "pharmacy_claim", "encounter", "condition", "lab_result", "observation"),
        *("medication", "immunization", "procedure", "provider_attribution"),
    ],
)
def test_everything_belongs_to_a_person(plan: connect.Connection, table: str) -> None:
    assert number(plan, f"select count(*) from {table} anti join patient using (person_id)") == 0


def test_everybody_was_enrolled_for_a_while(plan: connect.Connection) -> None:
    assert number(plan, "select count(*) from patient anti join eligibility using (person_id)") == 0
    assert number(plan, "select count(*) from eligibility where enrollment_end_date < enrollment_start_date") == 0
    assert number(plan, "select max(enrollment_end_date) <= date '2025-12-31' from eligibility") == 1


@pytest.mark.parametrize("table", ["condition", "lab_result", "observation", "medication", "immunization", "procedure"])
def test_encounters_that_are_named_exist(plan: connect.Connection, table: str) -> None:
    sql = f"""
        select count(*) from (select encounter_id from {table} where encounter_id is not null) as t
        anti join encounter as e on t.encounter_id = e.encounter_id
    """
    assert number(plan, sql) == 0


def test_no_day_gathers_what_others_should_hold(plan: connect.Connection) -> None:
    """Services that would fall after the end are left out, never put on the last day."""
    for table, column in (("pharmacy_claim", "dispensing_date"), ("medical_claim", "claim_start_date")):
        of_day = f"select {column} as d, count(*) as n from {table} group by d"
        most = number(plan, f"select max(n) / median(n) from ({of_day})")
        assert most < 4, f"{table}: one day holds {most:.1f} times the median day"


def test_services_are_dated_while_covered_and_alive(plan: connect.Connection) -> None:
    uncovered = """
        select count(*) from (select distinct person_id, claim_start_date as d from medical_claim) as c
        where not exists (
            select 1 from eligibility as e
            where e.person_id = c.person_id and c.d between e.enrollment_start_date and e.enrollment_end_date
        )
    """
    assert number(plan, uncovered) == 0
    late = """
        select count(*) from encounter as e inner join patient as p using (person_id)
        where e.encounter_start_date < p.birth_date or e.encounter_end_date > p.death_date
            or e.encounter_end_date < e.encounter_start_date
    """
    assert number(plan, late) == 0


def test_places_agree(plan: connect.Connection) -> None:
    sql = f"""
        select count(*) from patient as p
        anti join read_csv('{synthetic.FOLDER}/zip.csv', all_varchar = true) as z
            on p.zip_code = z.zip_code and p.county_fips = z.county_fips
    """
    assert number(plan, sql) == 0
    assert number(plan, "select count(distinct area_id) from area") == 270


def test_practitioners_and_organisations_are_registered(plan: connect.Connection) -> None:
    assert number(plan, "select count(*) from encounter anti join location on facility_npi = npi") == 0
    assert number(plan, "select count(*) from encounter anti join practitioner on attending_provider_id = npi") == 0
    assert number(plan, "select count(distinct payer_attributed_provider_organization) from provider_attribution") == 24


def test_npis_have_their_check_digit(plan: connect.Connection) -> None:
    for (npi,) in plan.execute("select npi from practitioner union all select npi from location").fetchall():
        digits = [int(d) for d in "80840" + npi]
        doubled = [sum(divmod(2 * d, 10)) for d in digits[-2::-2]]
        assert (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


def test_codes_are_level_two_or_empty_and_diagnoses_dotted(plan: connect.Connection) -> None:
    codes = [
        code
        for (code,) in plan.execute(
            "select distinct hcpcs_code from medical_claim where hcpcs_code is not null"
        ).fetchall()
    ]
    assert codes
    assert all(re.fullmatch(r"[A-CE-Z]\d{4}", code) for code in codes)
    diagnoses = [code for (code,) in plan.execute("select distinct diagnosis_code_1 from medical_claim").fetchall()]
    assert all(re.fullmatch(r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?", code) for code in diagnoses)


@pytest.mark.parametrize(
    ("codes", "sex"),
    [("^(N4|C6[0-3]|Z85.46|D66)", "male"), ("^(O[0-9A]|N[789]|C5[0-8]|Z01.4|Z12.31|Z90.1|Z90.71)", "female")],
)
def test_what_only_one_sex_can_have_is_on_that_sex(plan: connect.Connection, codes: str, sex: str) -> None:
    diagnosed = """
        select person_id, unnest([diagnosis_code_1, diagnosis_code_2, diagnosis_code_3]) as code from medical_claim
        union all
        select person_id, source_code from condition
    """
    of_sex = f"from ({diagnosed}) inner join patient using (person_id) where regexp_matches(code, '{codes}')"
    assert number(plan, f"select count(*) {of_sex}") > 100
    assert number(plan, f"select count(*) {of_sex} and sex <> '{sex}'") == 0


@pytest.mark.parametrize(
    ("table", "column"), [("lab_result", "collection_datetime"), ("observation", "observation_date")]
)
def test_results_are_spread_over_the_year(plan: connect.Connection, table: str, column: str) -> None:
    of_month = f"select count(*) as n from {table} group by date_trunc('month', {column})"
    assert number(plan, f"select count(*) from ({of_month})") == 36
    assert number(plan, f"select max(n) / median(n) from ({of_month})") < 1.25
    assert number(plan, f"select min(n) / median(n) from ({of_month})") > 0.75


# --- stays that follow from another -----------------------------------------------------------------------------


def test_a_transfer_goes_on_in_another_hospital(plan: connect.Connection) -> None:
    """Denied claims and ends of cover leave a few without the second stay."""
    sent = "select * from stay where disposition = '02'"
    arrived = f"""
        select count(*) from ({sent}) as s semi join stay as n on s.person_id = n.person_id
            and n.start_date between s.end_date and s.end_date + 1 and n.facility_npi <> s.facility_npi
    """
    assert 0.005 < number(plan, f"select count(*) from ({sent})") / number(plan, "select count(*) from stay") < 0.04
    assert number(plan, arrived) > 0.8 * number(plan, f"select count(*) from ({sent})")


def test_deaths_in_hospital_are_marked_and_nobody_leaves_after_death(plan: connect.Connection) -> None:
    died = "select count(*) from stay as s inner join patient as p using (person_id) where"
    assert number(plan, f"{died} s.disposition = '20' and s.end_date is distinct from p.death_date") == 0
    assert number(plan, f"{died} s.disposition <> '20' and s.end_date >= p.death_date") == 0
    assert 0.01 < number(plan, "select avg((disposition = '20')::integer) from stay") < 0.05


def test_readmissions_fit_the_payer(plan: connect.Connection) -> None:
    def rate(payer_type: str) -> float:
        return number(
            plan,
            f"""
            select avg(outcome) from ({READMITTED}) as r
            semi join (select person_id from eligibility group by person_id
                having bool_and(payer_type = '{payer_type}')) as e on r.person_id = e.person_id
        """,
        )

    assert 0.14 < rate("medicare") < 0.21
    assert 0.04 < rate("commercial") < 0.11


# --- the claim rules of data/demo/README.md ---------------------------------------------------------------------


def test_a_reversal_nets_its_line_to_nothing(plan: connect.Connection) -> None:
    not_zero = """
        select count(*) from (
            select
                sum(allowed_amount) as a, sum(paid_amount) as p, sum(charge_amount) as c,
                sum(service_unit_quantity) as u
            from medical_claim
            group by claim_id, claim_line_number
            having bool_or(adjustment_type = 'reversal')
        ) where a <> 0 or p <> 0 or c <> 0 or u <> 0
    """
    assert number(plan, not_zero) == 0
    share = """
        select count(distinct claim_id) filter (where adjustment_type = 'reversal') / count(distinct claim_id)
        from medical_claim
    """
    assert 0.015 < number(plan, share) < 0.025
    positive = """
        select count(*) from medical_claim
        where adjustment_type = 'reversal' and greatest(allowed_amount, charge_amount) > 0
    """
    assert number(plan, positive) == 0


def test_a_replacement_has_a_number_of_its_own(plan: connect.Connection) -> None:
    sql = """
        select count(distinct claim_id) from medical_claim as m
        where
            adjustment_type = 'replacement'
            and not (right(claim_id, 1) = 'R' and coalesce(right(bill_type_code, 1), '7') = '7')
    """
    assert number(plan, sql) == 0


def test_denied_lines_carry_no_money(plan: connect.Connection) -> None:
    paid = """
        select count(*) from medical_claim
        where claim_status = 'denied' and (allowed_amount <> 0 or paid_amount <> 0)
    """
    assert number(plan, paid) == 0
    assert 0.03 < number(plan, "select avg((claim_status = 'denied')::integer) from medical_claim") < 0.07


def test_amounts_are_in_order(plan: connect.Connection) -> None:
    sql = """
        select count(*) from medical_claim
        where adjustment_type is distinct from 'reversal' and not (0 <= paid_amount and paid_amount <= allowed_amount
            and allowed_amount <= charge_amount)
    """
    assert number(plan, sql) == 0


def test_the_newest_months_are_immature(plan: connect.Connection) -> None:
    assert (
        number(
            plan, "select count(*) from medical_claim where paid_date < claim_end_date or paid_date > date '2026-01-31'"
        )
        == 0
    )
    sql = "select count(*) from medical_claim where date_trunc('month', claim_start_date) = date '{}'"
    assert number(plan, sql.format("2025-12-01")) < 0.95 * number(plan, sql.format("2025-08-01"))


# --- ranges -----------------------------------------------------------------------------------------------------

ADULTS = "(select * from patient where birth_date <= date '2007-12-31')"
MEMBER_YEARS = "((select count(*) from member_month) / 12)"
CHECKED_YEAR = 2024


def with_condition(prefixes: str) -> str:
    """SQL for the percentage of adults who have a problem whose code begins with one of the prefixes."""
    return f"""
        select 100 * count(distinct c.person_id) / (select count(*) from {ADULTS}) from condition as c
        semi join {ADULTS} as a on c.person_id = a.person_id
        where c.category = 'problem-list-item' and left(c.source_code, 3) in ({prefixes})
    """


POOR_CONTROL = f"""
    with eligible as (
        select distinct v.person_id from encounter as v
        inner join condition as c on
            v.person_id = c.person_id and c.category = 'encounter-diagnosis' and c.source_code like 'E11%'
        inner join patient as p on v.person_id = p.person_id
        where v.type_code in {VISIT_CODES} and year(v.encounter_start_date) = {CHECKED_YEAR}
            and {CHECKED_YEAR} - year(p.birth_date) between 18 and 75
    ),
    last_result as (
        select person_id, max_by(result, collection_datetime) as value from lab_result
        where source_component_code = '4548-4' and year(collection_datetime) = {CHECKED_YEAR} group by person_id
    )
    select e.person_id, (coalesce(r.value, 99) > 9)::integer as outcome
    from eligible as e left join last_result as r on e.person_id = r.person_id
"""
MAMMOGRAM = f"""
    with eligible as (
        select distinct v.person_id from encounter as v inner join patient as p on v.person_id = p.person_id
        where v.type_code in {VISIT_CODES} and year(v.encounter_start_date) = 2025
            and p.sex = 'female' and 2025 - year(p.birth_date) between 42 and 74
    )
    select e.person_id, (e.person_id in (
        select person_id from observation where source_code = '24606-6' and observation_date >= date '2023-10-01'
    ))::integer as outcome
    from eligible as e
"""
READMITTED = """
    select s.person_id, exists (
        from stay as n
        where n.person_id = s.person_id and n.start_date between s.end_date + 2 and s.end_date + 30
            and n.drg_code not in ('236', '458', '470', '620', '788', '806', '807', '847')
    )::integer as outcome
    from stay as s
    where s.disposition not in ('02', '07', '20') and s.end_date <= date '2025-11-30'
"""
YEAR_COST = """
    select person_id, date_trunc('year', day) as year, sum(usd) as usd
    from (
        select person_id, start_date as day, allowed_usd as usd from final_line
        union all
        select person_id, dispensing_date, allowed_amount from pharmacy_claim
    )
    group by all
"""
FIGURES = {
    "adults with diabetes, %": with_condition("'E11'"),
    "adults with hypertension, %": with_condition("'I10'"),
    "adults with COPD, %": with_condition("'J43', 'J44'"),
    "adults with asthma, %": with_condition("'J45'"),
    "adults with depression, %": with_condition("'F32', 'F33'"),
    "adults with heart failure, %": with_condition("'I50'"),
    "adults with coronary disease, %": with_condition("'I25'"),
    "deaths per 1,000 a year": "select 1000 * count(death_date) / 3 / count(*) from patient",
    "emergency visits per 1,000 a year": f"""
        select 1000 * count(distinct (person_id, start_date)) / {MEMBER_YEARS} from final_line
        where revenue_center_code between '0450' and '0459' and allowed_usd > 0
    """,
    "inpatient stays per 1,000 a year": f"""
        select 1000 * count(distinct claim_id) / {MEMBER_YEARS} from final_line
        where left(bill_type_code, 2) = '11' and allowed_usd > 0
    """,
    "readmitted within 30 days, % of acute stays": f"select 100 * avg(outcome) from ({READMITTED})",
    "people above $250,000 in a year, %": f"""
        select 100 * count(*) filter (where usd > 250000) / {MEMBER_YEARS} from ({YEAR_COST})
    """,
    "pharmacy fills a person and year": f"""
        select count(*) filter (where adjustment_type is null) / {MEMBER_YEARS} from pharmacy_claim
    """,
    "allowed, $ a member and month": """
        select ((select sum(allowed_usd) from final_line) + (select sum(allowed_amount) from pharmacy_claim))
            / (select count(*) from member_month)
    """,
    "HbA1c above 9 % or missing, %": f"select 100 * avg(outcome) from ({POOR_CONTROL})",
    "mammogram in time, %": f"select 100 * avg(outcome) from ({MAMMOGRAM})",
    "people recorded as Black, %": """
        select 100 * count(*) filter (where race = 'Black or African American') / count(*) from patient
    """,
    "people of 65 and over, %": "select 100 * avg((birth_date <= date '1959-12-31')::integer) from patient",
}


def ranges() -> list[tuple[str, float, float]]:
    """Figure, low and high from the table in data/demo/README.md."""
    text = (synthetic.FOLDER / "README.md").read_text().split("## Ranges")[1]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return [(row[0], float(row[1]), float(row[2])) for row in rows[2:]]


def test_every_range_is_checked() -> None:
    assert {figure for figure, _, _ in ranges()} == set(FIGURES)


@pytest.mark.parametrize(("figure", "low", "high"), ranges(), ids=str)
def test_figures_lie_in_their_published_ranges(plan: connect.Connection, figure: str, low: float, high: float) -> None:
    assert low <= number(plan, FIGURES[figure]) <= high


@pytest.mark.parametrize(
    "encounter_type",
    [
        "office visit",
        "telehealth",
        "emergency department",
        "acute inpatient",
        "observation",
        "home health",
        "urgent care",
    ],
)
def test_every_class_of_encounter_occurs(plan: connect.Connection, encounter_type: str) -> None:
    assert number(plan, f"select count(*) from encounter where encounter_type = '{encounter_type}'") > 0


def test_enrolment_has_gaps_changes_and_overlaps(plan: connect.Connection) -> None:
    spans = "select count(*) from (select person_id from eligibility group by person_id having count(*) > 1)"
    assert 0.15 < number(plan, spans) / PEOPLE < 0.45
    gap = """
        select count(*) from (
            select enrollment_start_date - lag(enrollment_end_date) over spans as days
            from eligibility
            window spans as (partition by person_id order by enrollment_start_date)
        ) where days > 27
    """
    assert number(plan, gap) > 0
    both = """
        select count(*) from (
            select person_id from eligibility
            group by person_id, enrollment_start_date
            having count(distinct payer_type) = 2
        )
    """
    assert number(plan, both) > 0
    assert number(plan, "select count(distinct payer_type) from eligibility") == 5


# --- the planted inequities ------------------------------------------------------------------------------------

MODEL = (
    "outcome ~ C(race, Treatment('White')) + C(ethnicity, Treatment('Not Hispanic or Latino')) "
    "+ C(language_group, Treatment('English')) + C(deprivation, Treatment(3)) + C(rurality, Treatment('metro'))"
)
TOLERANCE = 0.12  # beyond three standard errors: what denials, habits and coverage blur


def estimates(plan: connect.Connection, outcome: str, controls: str = "") -> dict[tuple[str, str], tuple[float, float]]:
    """(coefficient, standard error) by (dimension, group) from a logistic model of the outcome on recorded groups."""
    frame = connect.query(
        plan,
        f"""
        select o.outcome, p.race, p.ethnicity,
            case when p.language = 'English' then 'English' else 'other than English' end as language_group,
            a.deprivation_quintile as deprivation, a.rurality, 2024 - year(p.birth_date) as age,
            coalesce(t.organization, 'unattributed') as organization
        from ({outcome}) as o
        inner join patient as p on o.person_id = p.person_id
        inner join area as a on p.county_fips = a.area_id
        left join (select person_id, any_value(payer_attributed_provider_organization) as organization
            from provider_attribution group by person_id) as t on o.person_id = t.person_id
        where p.race is not null and p.ethnicity is not null and p.language is not null
    """,
    ).to_pandas()
    fit = smf.glm(MODEL + controls, frame, family=sm.families.Binomial()).fit()
    found = {}
    for term, value in fit.params.items():
        match = re.match(r"C\((\w+).*\)\[T\.(.+)\]", term)
        if match:
            dimension = {"language_group": "language"}.get(match[1], match[1])
            found[dimension, match[2].removesuffix(".0")] = (float(value), float(fit.bse[term]))
    return found


@pytest.mark.parametrize(
    ("outcome", "sql", "controls"),
    [
        ("poor_glycemic_control", POOR_CONTROL, " + C(organization)"),
        ("mammogram", MAMMOGRAM, " + C(organization)"),
        (
            "diabetes",
            "select person_id, (person_id in (select person_id from condition where source_code like 'E11%'))::integer"
            f" as outcome from {ADULTS}",
            " + bs(age, df=5)",
        ),
        ("readmission", READMITTED, " + bs(age, df=5)"),
    ],
)
def test_planted_sizes_are_found_again(plan: connect.Connection, outcome: str, sql: str, controls: str) -> None:
    found = estimates(plan, sql, controls)
    for effect in synthetic.effects().filter(outcome=outcome).iter_rows(named=True):
        group = (effect["dimension"], effect["group_value"])
        if group in found:
            value, error = found[group]
            assert abs(value - effect["size"]) <= 3 * error + TOLERANCE, group


def test_crude_gaps_show_without_any_model(plan: connect.Connection) -> None:
    def rate(outcome: str, where: str) -> float:
        return number(
            plan,
            f"""
            select avg(o.outcome) from ({outcome}) as o
            inner join patient as p on o.person_id = p.person_id
            inner join area as a on p.county_fips = a.area_id
            where {where}
        """,
        )

    assert rate(POOR_CONTROL, "p.race = 'Black or African American'") > rate(POOR_CONTROL, "p.race = 'White'") + 0.03
    assert rate(MAMMOGRAM, "a.deprivation_quintile = 1") > rate(MAMMOGRAM, "a.deprivation_quintile = 5") + 0.08
    assert rate(MAMMOGRAM, "a.rurality = 'metro'") > rate(MAMMOGRAM, "a.rurality = 'rural'") + 0.04
    assert rate(READMITTED, "a.deprivation_quintile = 5") > rate(READMITTED, "a.deprivation_quintile = 1") + 0.04
    assert rate(MAMMOGRAM, "p.language = 'English'") > rate(MAMMOGRAM, "p.language <> 'English'") + 0.04


def test_emergency_use_rises_with_deprivation(plan: connect.Connection) -> None:
    frame = connect.query(
        plan,
        """
        with visit as (
            select person_id, count(distinct start_date) as visits from final_line
            where revenue_center_code = '0450' and allowed_usd > 0 group by person_id
        ),
        months as (select person_id, count(*) as months from member_month group by person_id),
        insured as (
            select person_id, arg_min(payer_type, enrollment_start_date) as payer_type from eligibility
            group by person_id
        )
        select coalesce(v.visits, 0) as visits, m.months, i.payer_type, a.deprivation_quintile as deprivation, p.sex,
            least(2024 - year(p.birth_date), 90) // 10 as age
        from patient as p
        inner join months as m on p.person_id = m.person_id
        inner join insured as i on p.person_id = i.person_id
        inner join area as a on p.county_fips = a.area_id
        left join visit as v on p.person_id = v.person_id
    """,
    ).to_pandas()
    fit = smf.glm(
        "visits ~ C(deprivation, Treatment(3)) + C(payer_type) + C(age) + sex",
        frame,
        family=sm.families.Poisson(),
        exposure=frame["months"],
    ).fit(cov_type="HC0")
    planted = {
        int(e["group_value"]): e["size"]
        for e in synthetic.effects().filter(outcome="ed_visit", dimension="deprivation").iter_rows(named=True)
    }
    for quintile, size in planted.items():
        assert fit.params[f"C(deprivation, Treatment(3))[T.{quintile}]"] == pytest.approx(size, abs=0.15)
