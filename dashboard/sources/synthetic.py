"""A synthetic population in the input layer's format: a fictional regional health plan, deterministic by seed.

What it is made of lies in data/demo: parameters as CSV, steps as SQL (sql/lookup once, sql/step for each block of
people, sql/output and sql/register = the tables written). Random numbers are hashes of the seed, a stream's name and a
person's number, so a person is the same whatever the threads, the block or the size of the population.
"""

from __future__ import annotations

import resource
import shutil
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING

import orjson
import polars as pl

from dashboard.errors import UsageError
from dashboard.warehouse import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Progress = Callable[[str, int, int], None]

FOLDER = Path(__file__).parents[2] / "data" / "demo"
SQL = FOLDER / "sql"
MOST_PEOPLE = 10_000_000
TRUTH = "ground_truth.json"
# People made at a time by one thread: large enough to be fast, small enough for two blocks in memory.
BLOCK = 12_500
THREADS = 2
LOOKUPS = (
    *("zip_slot", "age_slot", "plan_slot", "plan", "effect", "condition", "service_rate", "template"),
    *("template_slot", "billed_template", "claim_line", "practitioner", "drug", "vaccine"),
)
STEPS = (
    *("home", "coverage", "person_condition", "person", "span", "visit", "random_event", "anchor", "mammogram"),
    *("last_stay", "follow_up", "event", "regimen", "fill", "measured"),
)
WINDOW = ("2023-01-01", "2025-12-31")
PAID_THROUGH = "2026-01-31"


@dataclass
class Summary:
    """What was written: rows by table, bytes on disk, and CPU seconds of this process spent on it."""

    people: int
    seed: int
    rows: dict[str, int] = field(default_factory=dict)
    size_bytes: int = 0
    cpu_seconds: float = 0.0


def write_population(out: Path, *, people: int = 50_000, seed: int = 1, on_progress: Progress | None = None) -> Summary:
    """Write `people` synthetic people to the folder `out`, which is made or, if it holds an earlier demo, replaced.

    Tables are folders of Parquet files named after Tuva's input layer (medical_claim/part-00000.parquet …), in US
    dollars and local dates; ground_truth.json holds the planted inequities. Nothing is left behind on failure.
    on_progress: called with (step, people done, people asked for).
    Raises UsageError when `people` is out of range, `out` holds anything else or can't be written, or the disk is full.
    """
    _check(out, people)
    started = _cpu_seconds()
    unfinished = out.with_name(f".{out.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        unfinished.mkdir(parents=True)
        summary = Summary(people, seed)
        for done, rows in _write_blocks(unfinished, people, seed):
            _add(summary.rows, rows)
            if on_progress:
                on_progress("Synthesising people", done, people)
        _write_truth(unfinished, summary)
        shutil.rmtree(out, ignore_errors=True)
        unfinished.rename(out)
    except (connect.Error, OSError) as error:
        raise _write_error(out, error) from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    summary.size_bytes = sum(path.stat().st_size for path in out.rglob("*.parquet"))
    summary.cpu_seconds = _cpu_seconds() - started
    return summary


def effects() -> pl.DataFrame:
    """The planted inequities: outcome, dimension, group_value, scale (log_odds or log_rate), all text; size, a number.

    Groups that aren't listed are the reference (size 0); the size holds with all other dimensions equal.
    """
    return pl.read_csv(FOLDER / "effect.csv", schema_overrides={"group_value": pl.String})


def _check(out: Path, people: int) -> None:
    if not 1 <= people <= MOST_PEOPLE:
        raise UsageError(
            where="--people", what=f"must be from 1 to {MOST_PEOPLE:,}", found=f"{people:,}", do="Give another number"
        )
    if out.exists() and not out.is_dir():
        raise UsageError(where=str(out), what="is a file, not a folder", do="Name another folder with --out")
    if out.is_dir() and any(out.iterdir()) and not (out / TRUTH).is_file():
        raise UsageError(
            where=str(out),
            what="holds something other than a synthetic population",
            do="Name a new folder with --out, or empty this one",
        )


def _write_error(out: Path, error: Exception) -> Exception:
    """A full disk or a folder without rights as the user's error; anything else as it is."""
    if "No space left" in str(error):
        return UsageError(where=str(out), what="the disk is full", do="Free some space, or ask for fewer --people")
    if isinstance(error, PermissionError):
        return UsageError(where=str(out), what="may not be written", do="Name another folder with --out")
    return error


def _write_blocks(out: Path, people: int, seed: int) -> Iterator[tuple[int, dict[str, int]]]:
    """Write every block and the registers; yield people done so far and the rows just written, by table."""
    for table in (*_names("output"), *_names("register")):
        (out / table).mkdir()
    blocks = [(number, first, min(first + BLOCK, people)) for number, first in enumerate(range(0, people, BLOCK))]
    worker = _Worker(out, seed)
    done = 0
    with ThreadPoolExecutor(min(THREADS, len(blocks))) as pool:
        jobs = {pool.submit(worker.write, *block): block[2] - block[1] for block in blocks}
        try:
            for job in as_completed(jobs):
                done += jobs[job]
                yield done, job.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    yield people, worker.write_registers()


class _Worker:
    """Writes blocks of people, on one single-threaded database a thread: order and bytes can't depend on timing."""

    def __init__(self, out: Path, seed: int) -> None:
        self._out, self._seed, self._local = out, seed, local()

    def write(self, number: int, first: int, last: int) -> dict[str, int]:
        """Make people first … last - 1 and write them as part `number` of every table; returns rows by table."""
        con = self._connection()
        con.execute(f"set variable first_person = {first}")
        con.execute(f"set variable last_person = {last}")
        for step in STEPS:
            con.execute(f"create or replace table {step} as {_sql('step', step)}")
        return {table: self._copy(con, "output", table, number) for table in _names("output")}

    def write_registers(self) -> dict[str, int]:
        """Write the tables that don't depend on people."""
        con = self._connection()
        return {table: self._copy(con, "register", table, 0) for table in _names("register")}

    def _copy(self, con: connect.Connection, kind: str, table: str, number: int) -> int:
        path = str(self._out / table / f"part-{number:05}.parquet").replace("'", "''")
        row = con.execute(f"copy ({_sql(kind, table)}) to '{path}' (format parquet, compression snappy)").fetchone()
        return int(row[0]) if row else 0

    def _connection(self) -> connect.Connection:
        if not hasattr(self._local, "con"):
            self._local.con = _prepared(self._seed)
        con: connect.Connection = self._local.con
        return con


def _prepared(seed: int) -> connect.Connection:
    """A database with the parameters, macros, enumerations and lookups."""
    con = connect.memory(threads=1, memory_limit="700MB")
    con.execute("set preserve_insertion_order = true")
    con.execute(f"set variable seed = {int(seed)}")
    con.execute("create schema parameter")
    con.execute("create schema lookup")
    for path in sorted(FOLDER.glob("*.csv")):
        source = str(path).replace("'", "''")
        con.execute(
            f"create table parameter.{path.stem} as "
            f"select * from read_csv('{source}', header = true, all_varchar = true, nullstr = '')"
        )
    con.execute((SQL / "macro.sql").read_text())
    con.execute((SQL / "type.sql").read_text())
    for table in LOOKUPS:
        con.execute(f"create table lookup.{table} as {_sql('lookup', table)}")
    return con


def _sql(kind: str, name: str) -> str:
    return (SQL / kind / f"{name}.sql").read_text()


def _names(kind: str) -> list[str]:
    return sorted(path.stem for path in (SQL / kind).glob("*.sql"))


def _write_truth(out: Path, summary: Summary) -> None:
    """Write ground_truth.json: what was planted, for whom, on which scale."""
    organizations = pl.read_csv(FOLDER / "organization.csv")
    truth = {
        "is_synthetic": True,
        "people": summary.people,
        "seed": summary.seed,
        "service_dates": WINDOW,
        "paid_through": PAID_THROUGH,
        "rows": dict(sorted(summary.rows.items())),
        "effects": effects().to_dicts(),
        "effects_hold": "with all other dimensions equal; groups that are not listed have size 0",
        "organizations": organizations.select(
            "organization_name", "glycemic_log_odds", "mammogram_log_odds"
        ).to_dicts(),
    }
    (out / TRUTH).write_bytes(orjson.dumps(truth, option=orjson.OPT_INDENT_2))


def _add(total: dict[str, int], more: dict[str, int]) -> None:
    for table, rows in more.items():
        total[table] = total.get(table, 0) + rows


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
