"""One population told by two sources: linked they are the people of the one, unlinked nothing is added up.

A synthetic population is delivered once whole, and once in two parts: a plan's claims, and a clinic's records of the
same people under other numbers.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from dashboard.sources import synthetic
from dashboard.warehouse import build, connect

CLAIMS = {
    "patient",
    "eligibility",
    "medical_claim",
    "pharmacy_claim",
    "practitioner",
    "location",
    "provider_attribution",
}
OWN_KEYS = ("encounter_id", "condition_id", "procedure_id", "lab_result_id", "observation_id", "medication_id")
STAYS = ["inpatient", "psychiatric", "newborn", "nonacute"]
FIGURES = (
    "year, sex, race, ethnicity, language, county_fips, age_years, payer_type, member_months, pharmacy_member_months,"
    " medical_allowed_usd, medical_paid_usd, pharmacy_allowed_usd, pharmacy_paid_usd, unenrolled_paid_usd"
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("linked") / "whole"
    synthetic.write_population(out, people=200, seed=11)
    return out


def _tables(folder: Path) -> dict[str, pl.DataFrame]:
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*.parquet")):
        name = path.parent.name if path.parent != folder else path.stem
        found.setdefault(name, []).append(path)
    return {
        name: pl.read_parquet(paths).cast({pl.Categorical: pl.String, pl.Enum: pl.String})
        for name, paths in found.items()
    }


def _part(tables: dict[str, pl.DataFrame], names: set[str], folder: Path, *, renamed: bool) -> Path:
    """The named tables without their data_source; renamed: people and records get other numbers."""
    folder.mkdir(parents=True)
    for name in names & set(tables):
        frame = tables[name].drop("data_source", strict=False)
        if renamed:
            keys = [c for c in ("person_id", *OWN_KEYS) if c in frame.columns]
            frame = frame.with_columns(pl.format("c-{}", pl.col(c)).alias(c) for c in keys)
        frame.write_parquet(folder / f"{name}.parquet")
    return folder


@pytest.fixture(scope="module")
def parts(whole: Path) -> tuple[Path, Path, Path]:
    """The plan's part, the clinic's part, and the crosswalk between them."""
    tables, base = _tables(whole), whole.parent
    plan = _part(tables, CLAIMS, base / "plan", renamed=False)
    clinic = _part(
        tables, set(tables) - CLAIMS | {"patient", "practitioner", "location"}, base / "clinic", renamed=True
    )
    people = tables["patient"]["person_id"].to_list()
    rows = [f"plan,{p},L{p}\nclinic,c-{p},L{p}\n" for p in people]
    crosswalk = base / "links.csv"
    crosswalk.write_text("data_source,source_person_id,link_id\n" + "".join(rows))
    return plan, clinic, crosswalk


def _built(out: Path, *sources: Path, crosswalk: Path | None = None) -> Path:
    names = tuple(path.name for path in sources)
    build.run(build.Request(sources, out, names=names, crosswalk=crosswalk))
    return out


def _query(warehouse: Path, sql: str) -> pl.DataFrame:
    con = connect.build(warehouse.with_name(warehouse.name + ".d") / "build.duckdb")
    try:
        return connect.query(con, sql)
    finally:
        con.close()


def _figures(warehouse: Path, source: str) -> pl.DataFrame:
    """Each person's figures by year, by the number that the plan gives the person."""
    return _query(
        warehouse,
        f"select k.source_person_id, {FIGURES} from marts.person_year as p"
        f" inner join core.person_key as k on p.person_id = k.person_id and k.data_source like '{source}%'"
        " order by k.source_person_id, year",
    )


def _visits(warehouse: Path, source: str) -> pl.DataFrame:
    return _query(
        warehouse,
        "select k.source_person_id, v.visit_type, v.start_date, v.end_date, v.source from core.visit as v"
        f" inner join core.person_key as k on v.person_id = k.person_id and k.data_source like '{source}%'"
        " order by all",
    )


def test_linked_sources_are_the_people_of_the_one(whole: Path, parts: tuple[Path, Path, Path], tmp_path: Path) -> None:
    plan, clinic, crosswalk = parts
    one = _built(tmp_path / "one", whole)
    linked = _built(tmp_path / "linked", plan, clinic, crosswalk=crosswalk)
    assert _query(linked, "select distinct population from core.person")["population"].to_list() == ["p1"]
    assert _query(linked, "select count(*) as n from core.person")["n"].item() == 200
    assert _query(linked, "select * from core.person_conflict").is_empty()
    assert _figures(linked, "plan").equals(_figures(one, "whole"))
    _check_visits(_visits(one, "whole"), _visits(linked, "plan"))


def _check_visits(wanted: pl.DataFrame, found: pl.DataFrame) -> None:
    """What the claims tell is there once; what the clinic adds is on days of which no claim that stands tells."""
    keys = ["source_person_id", "visit_type", "start_date"]
    assert found.select(keys).is_unique().all()
    missing = wanted.join(found, on=keys, how="anti")
    assert missing.is_empty(), missing
    added = found.filter(pl.col("source") == "clinical").join(wanted, on="source_person_id", suffix="_claim")
    is_stay = [pl.col(c).is_in(STAYS) for c in ("visit_type", "visit_type_claim")]
    share_days = (pl.col("start_date") <= pl.col("end_date_claim")) & (pl.col("start_date_claim") <= pl.col("end_date"))
    assert added.filter(is_stay[0] & is_stay[1] & share_days).is_empty()
    is_outpatient = ~is_stay[0] & ~is_stay[1] & ~pl.col("visit_type_claim").is_in(["emergency", "observation"])
    is_contact = ~pl.col("visit_type").is_in(["emergency", "observation"])
    assert added.filter(is_outpatient & is_contact & (pl.col("start_date") == pl.col("start_date_claim"))).is_empty()
    same_kind = pl.col("visit_type") == pl.col("visit_type_claim")
    assert added.filter(~is_contact & same_kind & share_days).is_empty()
    assert 0 < added["source_person_id"].n_unique() < found["source_person_id"].n_unique()


def test_unlinked_sources_are_two_populations(parts: tuple[Path, Path, Path], tmp_path: Path) -> None:
    plan, clinic, _ = parts
    apart = _built(tmp_path / "apart", plan, clinic)
    people = "select population, count(*) as n from core.person group by population order by population"
    assert _query(apart, people).rows() == [("p1", 200), ("p2", 200)]
    own = _query(
        apart,
        "select population, year, count(*) as people, sum(member_months) as months, sum(medical_paid_usd) as paid"
        " from marts.person_year where is_present group by all order by all",
    )
    shown = _query(
        apart,
        "select population, year, people, member_months as months, medical_paid_usd as paid from cubes.use"
        " where dimension = 'all' order by all",
    )
    assert shown.cast(pl.Float64, strict=False).equals(own.cast(pl.Float64, strict=False))
    assert set(shown["population"]) == {"p1", "p2"}
    assert shown.filter(pl.col("population") == "p2")["paid"].sum() == 0
    labels = connect.open_published(apart).execute("select label from published.population order by 1").fetchall()
    assert labels == [("clinic · input layer",), ("plan · input layer",)]
