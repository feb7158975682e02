"""A published warehouse written by hand: three states' areas, two measures, three years, small cells among them.

It is what the pages read, made without a build, so that a page's test says what is on the page and nothing else. The
cells are suppressed by the same code as at publish.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date, datetime
from itertools import product
from pathlib import Path

import duckdb
import polars as pl
import published_cost

from dashboard.privacy import policy as policies
from dashboard.privacy.lattice import Roles, suppress
from dashboard.privacy.record import PolicyRecord, Settings
from dashboard.warehouse import catalog, quality

ROOT = Path(__file__).parents[2]
YEARS = (2023, 2024, 2025)
PAID = 0.8
PAID_TYPES = {"year": pl.Int32, "step_number": pl.Int8, "people": pl.Int64, "paid_usd": pl.Decimal(18, 2)}
PEOPLE = 40_000
GROUPS: dict[str, dict[str, float]] = {
    "all": {"all": 1.0},
    "sex": {"female": 0.51, "male": 0.49},
    "language": {"English": 0.86, "Spanish": 0.08, "Unknown": 0.06},
    "race": {"White": 0.7, "Black or African American": 0.12, "Asian": 0.08, "Unknown": 0.1},
    "deprivation": {"1": 0.3, "2": 0.2, "3": 0.2, "4": 0.2, "5": 0.1},
    "organization": {"1": 0.5, "2": 0.3, "3": 0.1996, "4": 0.0002, "5": 0.0002},
}
# Planted: the rate of a group differs from the others' by this much.
EFFECTS = {"Spanish": -0.14, "Black or African American": -0.06, "5": -0.05}
MEASURES = {"CMS122": ("lower", 0.09, 0.33), "CMS125": ("higher", 0.19, 0.70)}

LABELS = {"expert": "Expert determination", "safe_harbor": "Safe Harbor", "limited_dataset": "Limited data set"}
AREA_GROUP = ("area_level", "group_id", "area_id", "state")
AGREEMENT = PolicyRecord(
    kind="limited_dataset",
    covered_entity="Fictional Health Plan",
    document="agreement 7",
    purpose="a county profile",
    recipients=("Fictional County Health Department",),
    permitted_uses=("public_health",),
    signed=date(2026, 1, 15),
    expires=date(2999, 1, 14),
    settings=Settings(dates="day"),
)

KINDS: dict[str, dict[str, object]] = {
    "full": {},
    "safe_harbor": {"policy": "safe_harbor"},
    "no_enrolment": {"has_enrolment": False},
    "empty": {"has_people": False},
    "limited_dataset": {"policy": "limited_dataset", "record": AGREEMENT},
    "two": {"populations": ("plan · input layer", "clinic · FHIR R4")},
    "faultless": {"findings": "none"},
    "faulty": {"findings": "all"},
}


def publish(
    path: Path,
    *,
    policy: str = "expert",
    has_people: bool = True,
    has_enrolment: bool = True,
    populations: tuple[str, ...] = ("s1 · input layer",),
    record: PolicyRecord | None = None,
    findings: str = "some",
) -> Path:
    """Write the warehouse to `path` and return it. A second population is half the first one, without enrolment."""
    con = duckdb.connect(str(path))
    con.execute("create schema published; create schema cubes")
    areas = _areas("zip3" if policy == "safe_harbor" else "county")
    tables = {
        "published.warehouse": _warehouse(policy, has_people, record),
        "published.policy_record": _records(record),
        "published.area_group": pl.DataFrame(schema=dict.fromkeys(AREA_GROUP, pl.String)),
        "published.area": areas,
        "published.organization": _organizations(),
        "published.query": _queries(),
        "published.source": _sources(),
        "published.capability": _capabilities(has_enrolment, len(populations)),
        "published.population": _populations(populations),
        "published.attribution_basis": _attribution(len(populations)),
        "published.valueset": _value_sets(),
        "published.check_result": _check_results(len(populations), findings),
        "published.coverage": _coverage(len(populations), is_monthly=policy != "safe_harbor"),
        "cubes.use": _safe(
            "use",
            _each(
                populations,
                lambda n: published_cost.with_amounts_paid(
                    _use(areas, has_people, has_enrolment and n == 1, PEOPLE // n)
                ),
            ),
        ),
        "cubes.readmission": _safe(
            "readmission", _each(populations, lambda n: _readmission(areas, has_people, PEOPLE // n))
        ),
        "cubes.measure": _safe("measure", _each(populations, lambda n: _measure(areas, has_people, PEOPLE // n))),
    }
    tables |= published_cost.tables(_safe, tables["cubes.use"], is_monthly=policy != "safe_harbor")
    tables["cubes.paid_step"] = _paid_steps(len(populations), tables["cubes.use"])
    for name, frame in tables.items():
        con.register("frame", frame.to_arrow())
        con.execute(f"create table {name} as select * from frame")
        con.unregister("frame")
    con.close()
    return path


def _areas(level: str) -> pl.DataFrame:
    with (ROOT / "data/reference/area.csv").open() as file:
        rows = [r for r in csv.DictReader(file) if r["state"] in {"NH", "VT"} and r["area_level"] == level]
    names = ("area_level", "area_id", "area_name", "state")
    return pl.DataFrame([{name: row[name] for name in names} for row in rows]).with_columns(
        population=pl.lit(None, pl.Int64)
    )


def _warehouse(policy: str, has_people: bool, record: PolicyRecord | None) -> pl.DataFrame:
    years = list(YEARS) if has_people else []
    row = {
        "fingerprint": f"feed{policy[:4]}{len(years)}0123",
        "policy": policy,
        "policy_label": LABELS[policy],
        "area_level": "zip3" if policy == "safe_harbor" else "county",
        "threshold": 11,
        "is_synthetic": record is None,
        "built_at": datetime(2026, 2, 3, 10, 0),
        "data_through": "December 2025" if has_people else None,
        "default_year": 2025 if has_people else None,
        "years": years,
        "complete_years": years[:-1],
        "version": "0.1.0",
        "policy_notice": policies.choose(policy, is_synthetic=record is None, record=record).notice,
        "withheld": ["HIV"] if record else [],
    }
    schema = {
        "default_year": pl.Int32,
        "years": pl.List(pl.Int32),
        "complete_years": pl.List(pl.Int32),
        "withheld": pl.List(pl.String),
    }
    return pl.DataFrame([row], schema_overrides={**schema, "data_through": pl.String})


def _records(record: PolicyRecord | None) -> pl.DataFrame:
    return pl.DataFrame({"record": [record.to_json()] if record else []}, schema={"record": pl.String})


def _organizations() -> pl.DataFrame:
    names = ["Granite Family Health", "Lakes Clinic", "Seacoast Medicine", "Tiny North", "Tiny South"]
    return pl.DataFrame({"organization_key": range(1, 6), "organization_name": names})


def _queries() -> pl.DataFrame:
    shown = [f for f in catalog.findings()[0].files if f.schema not in {"panels", "staging"}]
    keys = ("title", "question", "why", "id", "better", "spec")
    rows = [
        {"schema_name": f.schema, "name": f.name, "path": f.shown_path, "sql": f.sql, "header": json.dumps(f.header)}
        | {key: f.header.get(key) for key in keys}
        for f in shown
    ]
    return pl.DataFrame(rows, schema_overrides=dict.fromkeys(keys, pl.String))


def _sources() -> pl.DataFrame:
    counts = ("read", "loaded", "duplicate", "rejected", "ignored")
    rows = [("patient", 40_000, 40_000, 0, 0, 0), ("medical_claim", None, None, None, None, None)]
    return pl.DataFrame(
        [
            {"source": "s1", "format": "input_layer", "type": name}
            | dict(zip(counts, values, strict=True))
            | {"suppressed_columns": [c for c in counts if values[0] is None], "is_suppressed": values[0] is None}
            for name, *values in rows
        ],
        schema_overrides={**dict.fromkeys(counts, pl.Int64), "suppressed_columns": pl.List(pl.String)},
    )


def _value_sets() -> pl.DataFrame:
    rows = [
        (measure, name, status, codes)
        for measure in MEASURES
        for name, status, codes in (("Office Visit", "starter", 2), ("Hospice", "missing", 0), ("Test", "imported", 9))
    ]
    return pl.DataFrame(rows, schema=["measure_id", "name", "status", "codes"], orient="row")


def _check_results(populations: int, findings: str) -> pl.DataFrame:
    """findings: 'none', 'all' (every check over every limit) or 'some' (a caution, a few, and one low month)."""
    over = {"claim_in_future": (2_001, 40_005), "birth_date_missing": (3, 40_005), "claim_month_low": (1, 36)}
    files = [f for f in catalog.findings()[0].files if f.schema == "checks"]
    rows = []
    for number, file in product(range(1, populations + 1), files):
        exact = {"none": (0, 40_005), "all": (30_003, 30_003), "some": over.get(file.name, (0, 40_005))}[findings]
        rows.append((file.name, quality.digest_of(file), f"p{number}", f"s{number}", None, *exact))
    exact_rows = pl.DataFrame(rows, schema=quality.FINDINGS, orient="row")
    return quality.published(exact_rows, files, threshold=11)


def _coverage(populations: int, *, is_monthly: bool) -> pl.DataFrame:
    months = [f"2025-{month:02d}" for month in (1, 2, 3, 5)] if is_monthly else ["2024", "2025"]
    rows = [
        (f"p{number}", f"s{number}", "claim", period, None if period == "2025-03" else 3_003, period == "2025-03")
        for number, period in product(range(1, populations + 1), months)
    ]
    names = ["population", "source", "table_name", "period", "row_count", "is_few"]
    return pl.DataFrame(rows, schema=names, orient="row")


def _capabilities(has_enrolment: bool, populations: int) -> pl.DataFrame:
    rows = []
    for number in range(1, populations + 1):
        enrolled = has_enrolment and number == 1
        reason = "" if enrolled else "no dated coverage: who was enrolled when is unknown"
        own = [("enrolment", enrolled, reason), ("labs", True, ""), ("paid_amounts", True, "")]
        rows += [(f"p{number}", *row) for row in own]
    return pl.DataFrame(rows, schema=["population", "capability", "is_available", "reason"], orient="row")


def _attribution(populations: int) -> pl.DataFrame:
    """The first population's sources hold everything, the others' no list and no specialty."""
    rows = [("p1", 1, "payer"), ("p1", 2, "primary-care visits")]
    rows += [(f"p{number}", 3, "visits of any specialty") for number in range(2, populations + 1)]
    return pl.DataFrame(rows, schema=["population", "step", "basis"], orient="row")


def _populations(labels: tuple[str, ...]) -> pl.DataFrame:
    rows = [(f"p{number}", label, number == 1) for number, label in enumerate(labels, 1)]
    return pl.DataFrame(rows, schema=["population", "label", "is_default"], orient="row")


def _each(populations: tuple[str, ...], made: Callable[[int], pl.DataFrame]) -> pl.DataFrame:
    """The tables of all populations, one below the other."""
    numbers = range(1, len(populations) + 1)
    return pl.concat(made(number).select(pl.lit(f"p{number}").alias("population"), pl.all()) for number in numbers)


def _shares(areas: pl.DataFrame) -> dict[str, dict[str, float]]:
    ids = areas["area_id"].to_list()
    weights = [1 / (1 + place) for place in range(len(ids))]
    level = areas["area_level"][0]
    total = sum(weights) + 0.01
    return GROUPS | {level: {i: w / total for i, w in zip(ids, weights, strict=True)} | {"Unknown": 0.01 / total}}


def _use(areas: pl.DataFrame, has_people: bool, has_enrolment: bool, size: int) -> pl.DataFrame:
    rows = []
    for year, (dimension, groups) in product(YEARS if has_people else (), _shares(areas).items()):
        for group, share in groups.items():
            people = round(size * share * (1 + 0.03 * (year - 2024)))
            months = people * 11 if has_enrolment else None
            usd = None if months is None else months * 400.0
            events = (round(people * 0.4), round(people * 0.08), people * 5)
            spent = (months, months, usd, usd and usd / 5, usd and usd * PAID, usd and usd / 5 * PAID)
            rows.append((year, dimension, group, people, people * 4 // 5, *spent, *events))
    names = ["year", "dimension", "group_value", "people", "people_with_visit", "member_months"]
    names += ["pharmacy_member_months", "medical_allowed_usd", "pharmacy_allowed_usd", "medical_paid_usd"]
    return _typed(rows, [*names, "pharmacy_paid_usd", "ed_visits", "inpatient_stays", "visits"])


def _paid_steps(populations: int, use: pl.DataFrame) -> pl.DataFrame:
    """What was counted is what `use` adds up; of the pharmacy's, a few people's payments were cancelled."""
    rows = []
    plan = use.filter(pl.col("dimension") == "all").select(
        "population", "year", "medical_paid_usd", "pharmacy_paid_usd"
    )
    for population, year, *paid in plan.drop_nulls().iter_rows():
        for claim_kind, usd in zip(("medical", "pharmacy"), paid, strict=True):
            few = 3 if claim_kind == "pharmacy" else 3_000
            steps = [
                ("delivered", usd + 90.0, 9_000),
                ("cancelled", 60.0, few),
                ("denied", 30.0, 400),
                ("counted", usd, 9_000),
            ]
            key = (population, f"s{population[1:]}", year, claim_kind)
            rows += [(*key, "counted" if s == "counted" else "step", s, n, c, u) for n, (s, u, c) in enumerate(steps)]
    names = ["population", "source", "year", "claim_kind", "level", "step", "step_number", "people", "paid_usd"]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String) | PAID_TYPES, orient="row")
    return _safe("paid_step", frame)


def _readmission(areas: pl.DataFrame, has_people: bool, size: int) -> pl.DataFrame:
    rows = []
    for year, (dimension, groups) in product(YEARS if has_people else (), _shares(areas).items()):
        for group, share in groups.items():
            stays = round(size * share * 0.08)
            rows.append((year, dimension, group, stays * 9 // 10, stays, round(stays * 0.13), round(stays * 0.02)))
    names = ["year", "dimension", "group_value", "people", "index_stays", "readmissions", "planned_readmissions"]
    return _typed(rows, names)


def _measure(areas: pl.DataFrame, has_people: bool, size: int) -> pl.DataFrame:
    rows = []
    for year, (measure, (better, share, rate)) in product(YEARS if has_people else (), MEASURES.items()):
        for dimension, groups in _shares(areas).items():
            for place, (group, part) in enumerate(groups.items()):
                effect = EFFECTS.get(group, 0.03 * (place % 3 - 1) if dimension in {"county", "zip3"} else 0.0)
                population = round(size * share * part)
                denominator = population - round(population * 0.03)
                met = rate + (effect if better == "higher" else -effect) + 0.01 * (year - 2024)
                excluded = population - denominator
                counts = (population, denominator, round(denominator * met), excluded, 0, excluded)
                rows.append((measure, "1", year, dimension, group, *counts))
    names = ["measure_id", "group_id", "year", "dimension", "group_value", "initial_population", "denominator"]
    columns = [*names, "numerator", "exclusion", "exception", "outside_denominator"]
    return _typed(rows, columns).with_columns(not_counted=pl.lit(0, pl.Int64))


def _typed(rows: list[tuple[object, ...]], names: list[str]) -> pl.DataFrame:
    texts = {"measure_id", "group_id", "dimension", "group_value"}
    kinds = {n: pl.String if n in texts else pl.Float64 if n.endswith("_usd") else pl.Int64 for n in names}
    return pl.DataFrame(rows, schema=kinds, orient="row")


def _safe(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    header = catalog.findings()[0].tables[f"cubes.{name}"].header
    wanted = {key: header.get(key, "") for key in ("dimensions", "filters", "counts", "sums")}
    for key in ("counts", "sums"):
        wanted[key] = "; ".join(part for part in wanted[key].split("; ") if part.split(" ")[0] in frame.columns)
    return suppress(frame, Roles.from_header(wanted), threshold=11)
