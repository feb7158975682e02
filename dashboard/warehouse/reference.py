"""`reference.*`: small public facts from data/reference, value sets, and the periods of the build."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from dashboard.errors import UsageError
from dashboard.warehouse import area

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboard.warehouse.connect import Connection

FOLDER = Path(__file__).parents[2] / "data" / "reference"
PERIODS_KEPT = 6
_NUMBERS = {"population": pl.Int64, "longitude": pl.Float64, "latitude": pl.Float64, "deprivation_quintile": pl.Int32}
PERIOD_COLUMNS = "period_start date, period_end date, year integer, label varchar, is_complete boolean"
# Where a service can be dated; the periods follow what the data hold.
DATED = (
    ("encounter", "start_date"),
    ("medical_claim", "claim_start_date"),
    ("pharmacy_claim", "dispensing_date"),
    ("observation", "cast(effective_start_at as date)"),
)


def files() -> list[Path]:
    """The CSV files that become `reference.<name>`; value sets are loaded apart."""
    return sorted(p for p in FOLDER.glob("*.csv") if not p.name.startswith("valueset"))


def fingerprints(*, is_synthetic: bool) -> dict[str, str]:
    """Content hash of each reference table, by `reference.<name>`; the made-up ones are empty beside real people."""
    found = {}
    for path in files():
        is_filled = is_synthetic or not is_made_up(path)
        found[f"reference.{path.stem}"] = hashlib.sha256(path.read_bytes() if is_filled else b"").hexdigest()[:20]
    return found


def read(path: Path) -> pl.DataFrame:
    """One reference file: text everywhere but for known numbers; empty cells are null; `#` lines are provenance."""
    frame = pl.read_csv(path, infer_schema=False, comment_prefix="#")
    return frame.with_columns(pl.col(c).cast(kind) for c, kind in _NUMBERS.items() if c in frame.columns)


def create(con: Connection, ssa_county: pl.DataFrame, *, is_synthetic: bool) -> None:
    """Make `reference.<file>` for every file of data/reference, and `reference.ssa_county` (see area.py).

    The synthetic ones are empty beside real people; no class is withheld until a build says so.
    """
    con.execute("create table if not exists reference.withheld_class (class varchar)")
    put(con, "reference.ssa_county", ssa_county)
    for path in files():
        frame = read(path)
        put(con, f"reference.{path.stem}", frame if is_synthetic or not is_made_up(path) else frame.clear())


def is_made_up(path: Path) -> bool:
    """Whether the file describes the synthetic plan only."""
    return path.stem.startswith("synthetic_")


def put(con: Connection, table: str, frame: pl.DataFrame) -> None:
    """Make `table` from a frame."""
    con.register("incoming_frame", frame.to_arrow())
    con.execute(f"create or replace table {table} as select * from incoming_frame")
    con.unregister("incoming_frame")


def create_empty(con: Connection) -> None:
    """The reference tables as they are (they are small), with no period and no value set."""
    from dashboard import measures

    create(con, area.read(()), is_synthetic=True)
    con.execute(f"create table reference.period ({PERIOD_COLUMNS})")
    put(con, "reference.valueset", measures.empty_valuesets())


def data_through(con: Connection, *, today: date | None = None) -> date | None:
    """The last day with a service in staging, not after today; null without services.

    Where dates of service name only a year, its last day: nothing says that the services ended before.
    """
    today = today or date.today()
    newest: list[date] = []
    for table, column in DATED:
        row = con.execute(f"select max({column}) filter (where {column} <= ?) from staging.{table}", [today]).fetchone()
        if row and row[0]:
            newest.append(row[0])
    last = max(newest, default=None)
    by_year = "select 1 from raw.coarse_date where date_precision = 'year' and subject = 'care'"
    if last and con.execute(f"{by_year} limit 1").fetchall():
        return min(date(last.year, 12, 31), today)
    return last


def periods(years: Sequence[int], through: date | None) -> pl.DataFrame:
    """Calendar years as measurement periods; a year is complete when services reach its last month."""
    rows = [
        {
            "period_start": date(year, 1, 1),
            "period_end": date(year, 12, 31),
            "year": year,
            "label": str(year),
            "is_complete": bool(through and through >= date(year, 12, 1)),
        }
        for year in sorted(set(years))
    ]
    schema = {"period_start": pl.Date, "period_end": pl.Date, "year": pl.Int32, "label": pl.String}
    return pl.DataFrame(rows, schema={**schema, "is_complete": pl.Boolean})


def years_with_data(con: Connection, through: date | None) -> list[int]:
    """The latest calendar years in which services exist, at most PERIODS_KEPT, oldest first.

    Where every source states enrolment, none before it begins: claims of 2007 in a file of the enrolled of 2008 to 2010
    (stays that reached over New Year) are no year to report on.
    """
    if through is None:
        return []
    first = date(max(through.year - PERIODS_KEPT + 1, _first_enrolled_year(con)), 1, 1)
    found: set[int] = set()
    for table, column in DATED:
        rows = con.execute(
            f"select distinct year({column}) from staging.{table} where {column} between ? and ?",
            [first, through],
        ).fetchall()
        found |= {int(row[0]) for row in rows}
    return sorted(found)


def _first_enrolled_year(con: Connection) -> int:
    """The first year of anyone's enrolment; 1 where a source states none."""
    row = con.execute(
        "select case when count(*) = count(e.first_date) then year(min(e.first_date)) end"
        " from (select distinct data_source from staging.person) as p left join"
        " (select data_source, min(start_date) as first_date from staging.eligibility group by 1) as e"
        " on p.data_source = e.data_source"
    ).fetchall()
    return int(row[0][0] or 1)


def check_years(years: Sequence[int]) -> None:
    """Raise UsageError for a period that is no plausible year."""
    for year in years:
        if not 1900 <= year <= 2100:
            raise UsageError(where="--period", what="is not a calendar year", found=str(year), do="Give it as YYYY")
