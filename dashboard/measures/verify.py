"""Verification: published test decks, case by case, down the same road as real data.

A deck is a folder of FHIR resources (NDJSON) and `expected.csv`, which says for every case, group and population what a
reference implementation counts (kind `population`), and the same within and outside each stratum (kind `stratum`).
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl
from rich.console import Console
from rich.table import Table

from dashboard import sources
from dashboard.errors import InputError, UsageError
from dashboard.measures.result import check_contract, result_sql
from dashboard.measures.valuesets import load_valuesets
from dashboard.warehouse import area, connect, reference, tables, vault
from dashboard.warehouse import catalog as catalogs
from dashboard.warehouse.catalog import Catalog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboard.warehouse.catalog import QueryFile
    from dashboard.warehouse.connect import Connection

EXPECTED = "expected.csv"
_COLUMNS = (
    "measure",
    "group",
    "kind",
    "stratifier",
    "stratum",
    "patient_id",
    "population",
    "count",
    "title",
    "period_start",
    "period_end",
)
# A test report counts the denominator before exclusions and exceptions, and the numerator after them.
_FOUND = """
select
    key.source_person_id as patient_id,
    result.group_id as "group",
    result.period_start::varchar as period_start,
    result.in_initial_population::integer as "initial-population",
    (result.in_denominator or result.is_excluded or result.is_exception)::integer as denominator,
    result.is_excluded::integer as "denominator-exclusion",
    result.is_exception::integer as "denominator-exception",
    result.in_numerator::integer as numerator,
    {strata}
from measures.result as result
inner join core.person_key as key on result.person_id = key.person_id
"""
_CASE = ["patient_id", "group", "period_start"]
_POPULATIONS = ["initial-population", "denominator", "denominator-exclusion", "denominator-exception", "numerator"]
_STRATA = ["1", "2"]


@dataclass(frozen=True)
class Deck:
    """One test deck: the measure's id, its folder, and what is expected (columns `_COLUMNS`, all text)."""

    name: str
    folder: Path
    expected: pl.DataFrame


@dataclass
class Score:
    """How one deck came out; cases and strata that match, and every difference."""

    name: str
    cases: int
    matched: int = 0
    failures: list[dict[str, Any]] = field(default_factory=list)
    strata: int = 0
    strata_matched: int = 0
    rejected: int = 0
    status: str = "not implemented"

    @property
    def is_full(self) -> bool:
        """Whether every case and every stratum matches."""
        return self.matched == self.cases and self.strata_matched == self.strata


def verify_measures(
    decks: Path, valuesets: Sequence[Path], *, only: Sequence[str] = (), json: Path | None = None
) -> int:
    """Score every deck below `decks`, print the scores and, with `json`, write them.

    Returns the exit status: 0 when all implemented measures match in full, 1 otherwise or when a measure of `only` is
    not implemented.
    Raises InputError when there is no deck or a file can't be read, UsageError for a name in `only` without a deck.
    """
    catalog = catalogs.load()
    found = _only(find_decks(decks), only)
    frame = load_valuesets(valuesets, catalog)
    implemented = {file.header["id"]: file for file in catalog.of("measures")}
    scores = [
        score(deck, catalog, implemented[deck.name], frame)
        if deck.name in implemented
        else Score(deck.name, deck.expected["patient_id"].n_unique())
        for deck in found
    ]
    if json:
        json.write_bytes(orjson.dumps([vars(one) for one in scores], option=orjson.OPT_INDENT_2))
    _print(scores)
    failed = [one for one in scores if one.status == "implemented" and not one.is_full]
    absent = [one for one in scores if one.status != "implemented" and only]
    return 1 if failed or absent else 0


def find_decks(root: Path) -> list[Deck]:
    """The deck in `root`, or the decks in its folders, by name."""
    if not root.is_dir():
        raise InputError(where=str(root), what="no such folder", do="Give a folder of test decks")
    folders = [root] if _is_deck(root) else sorted(path for path in root.iterdir() if path.is_dir() and _is_deck(path))
    if not folders:
        raise InputError(
            where=str(root), what="holds no test deck", do=f"Give a folder with NDJSON files and {EXPECTED} in it"
        )
    return [_read_deck(folder) for folder in folders]


def _is_deck(folder: Path) -> bool:
    return (folder / EXPECTED).is_file() and any(folder.glob("*.ndjson*"))


def _read_deck(folder: Path) -> Deck:
    path = folder / EXPECTED
    try:
        expected = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(where=str(path), what="can't be read as CSV", found=type(error).__name__) from None
    if missing := [column for column in _COLUMNS if column not in expected.columns]:
        raise InputError(where=str(path), what=f"lacks the column {', '.join(missing)}", do="Add it")
    names = expected["measure"].unique().to_list()
    if len(names) != 1:
        raise InputError(where=str(path), what="must expect one measure", found=f"{len(names)} measures")
    return Deck(names[0], folder, expected.select(_COLUMNS))


def _only(decks: list[Deck], only: Sequence[str]) -> list[Deck]:
    if unknown := sorted(set(only) - {deck.name for deck in decks}):
        known = ", ".join(deck.name for deck in decks)
        raise UsageError(where=f"--only {unknown[0]}", what="there is no such deck", do=f"Use one of: {known}")
    return [deck for deck in decks if not only or deck.name in only]


def score(deck: Deck, catalog: Catalog, measure: QueryFile, valuesets: pl.DataFrame) -> Score:
    """Run `measure` over the deck and compare every population of every group, and every stratum."""
    with tempfile.TemporaryDirectory(prefix="careparity-verify-") as folder:
        con = connect.memory(temp_directory=Path(folder) / "spill")
        try:
            rejected = _build(con, deck, _closure(catalog, measure), valuesets, Path(folder))
            found = connect.query(con, _FOUND.format(strata=_strata_columns()))
        finally:
            con.close()
    one = compare(deck, found)
    one.rejected = rejected
    return one


def _closure(catalog: Catalog, measure: QueryFile) -> Catalog:
    """The catalog of one measure and all that it reads."""
    wanted, todo = set[str](), [measure.full_name]
    while todo:
        name = todo.pop()
        if name in catalog.tables and name not in wanted:
            wanted.add(name)
            todo.extend(catalog.tables[name].reads)
    kept = (file for file in catalog.files if file.full_name in wanted or file.schema == "staging")
    return Catalog(catalog.root, tuple(kept))


def _build(con: Connection, deck: Deck, catalog: Catalog, valuesets: pl.DataFrame, folder: Path) -> int:
    """The road of `careparity build` as far as measures.result; returns how many rows were rejected."""
    inputs, spill = folder / "deck", folder / "work"
    shutil.copytree(deck.folder, inputs, ignore=shutil.ignore_patterns(EXPECTED))
    spill.mkdir()
    tables.create_schemas(con)
    rows = sources.load(
        con,
        [inputs],
        forced_format="fhir_r4",
        workdir=spill,
        rejects_path=folder / "rejects.csv",
        on_progress=lambda _step, _done, _total: None,
    )
    reference.create(con, area.read(()), is_synthetic=False)
    tables.stage(con, catalog)
    vault.update(con, folder / "vault.duckdb", is_incremental=False)
    reference.put(con, "reference.valueset", valuesets)
    reference.put(con, "reference.period", periods(deck))
    for file in catalog.build_order():
        tables.materialise(con, file)
    check_contract(con, catalog)
    con.execute(f"create table measures.result as {result_sql(catalog)}")
    return sum(row.rejected for row in rows)


def periods(deck: Deck) -> pl.DataFrame:
    """The measurement periods of a deck, as rows of reference.period."""
    days = deck.expected.select(pl.col("period_start", "period_end").str.to_date()).unique().sort("period_start")
    return days.with_columns(
        pl.col("period_end").dt.year().alias("year"),
        pl.col("period_end").dt.year().cast(pl.String).alias("label"),
        pl.lit(value=True).alias("is_complete"),
    )


def _strata_columns() -> str:
    return ", ".join(f'(result.stratum_{k} is not null)::integer as "{k}"' for k in _STRATA)


def compare(deck: Deck, found: pl.DataFrame) -> Score:
    """Compare expected counts with found ones.

    found: one row per patient_id, group and period_start with 0/1 columns `_POPULATIONS` (as a test report counts
        them) and `_STRATA`. A person without a row is in no population.
    """
    expected = deck.expected.filter(pl.col("kind").is_in(["population", "stratum"]))
    rows = expected.join(found, on=_CASE, how="left").with_columns(pl.col(*_POPULATIONS, *_STRATA).fill_null(0))
    rows = rows.with_columns(_found_count().cast(pl.String).alias("found"))
    rows = rows.with_columns(pl.col("count").eq_missing(pl.col("found")).alias("agrees"))
    populations = rows.filter(pl.col("kind") == "population")
    cases = populations.group_by("patient_id").agg(pl.col("agrees").all())
    strata = (
        rows.filter(pl.col("kind") == "stratum")
        .group_by("patient_id", "group", "stratifier")
        .agg(pl.col("agrees").all())
    )
    return Score(
        name=deck.name,
        cases=cases.height,
        matched=int(cases["agrees"].sum()),
        failures=[_failure(row) for row in rows.filter(~pl.col("agrees")).iter_rows(named=True)],
        strata=strata.height,
        strata_matched=int(strata["agrees"].sum()),
        status="implemented",
    )


def _found_count() -> pl.Expr:
    """What was found for the row's population: overall, within its stratum, or (stratum `false`) not within it.

    The k-th stratifier of a group is the measure's column stratum_k, so its last number names the column.
    """
    overall = pl.coalesce(pl.when(pl.col("population") == name).then(pl.col(name)) for name in _POPULATIONS)
    number = pl.col("stratifier").str.extract(r"(\d+)$")
    member = pl.coalesce(pl.when(number == k).then(pl.col(k)) for k in _STRATA)
    within = overall * member
    return (
        pl.when(pl.col("kind") == "population")
        .then(overall)
        .when(pl.col("stratum") == "true")
        .then(within)
        .otherwise(1 - within)
    )


def _failure(row: dict[str, Any]) -> dict[str, Any]:
    what = f"{row['group']} {row['population']}"
    if row["kind"] == "stratum":
        what += f" in {row['stratifier']}={row['stratum']}"
    return {
        "case": row["patient_id"],
        "title": row["title"],
        "what": what,
        "expected": row["count"],
        "found": row["found"],
    }


def _print(scores: list[Score]) -> None:
    console = Console()
    table = Table(title="Published test decks", title_justify="left")
    for name in ("measure", "cases", "matched", "strata", "strata matched", "result"):
        table.add_column(name, justify="left" if name in {"measure", "result"} else "right")
    for one in scores:
        result = one.status if one.status != "implemented" else "in full" if one.is_full else "differs"
        if one.rejected:
            result += f"; {one.rejected:,} rows rejected"
        shown = [one.matched, one.strata, one.strata_matched] if one.status == "implemented" else ["", "", ""]
        table.add_row(one.name, str(one.cases), *map(str, shown), result)
    console.print(table)
    for one in scores:
        for failure in one.failures:
            console.print(
                f"{one.name} {failure['title']}: {failure['what']} expected {failure['expected']}, "
                f"found {failure['found']}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
