"""`careparity bench`: what the main job costs, each step as its own process, medians of several runs.

pandas and Polars answer two of its questions from the same files in the same run, and must agree exactly.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

import orjson
import polars as pl

from dashboard import sources
from dashboard.errors import CheckFailed
from dashboard.privacy import panel
from dashboard.warehouse import catalog, connect

_KEYS = ("cpu_s", "wall_s", "peak_mb")
_READS = 50
_PAGE_RUNS = 15
_COST_PAGE = "cost_and_use"


@dataclass(frozen=True)
class Question:
    """What rivals answer too: the table that holds our answer, and the answer in their columns, whole numbers only."""

    name: str
    table: str
    sql: str
    module: str
    function: str


# Months as a number, money as whole cents.
PMPM = Question(
    "PMPM by month",
    "marts.person_month",
    """
    select
        cast(12 * m.year + m.month as bigint) as month,
        count(*) filter (where m.has_medical) as member_months,
        cast(100 * sum(m.medical_allowed_usd) as bigint) as allowed_cents,
        cast(100 * sum(m.medical_paid_usd) as bigint) as paid_cents
    from built.marts.person_month as m
    group by 1
    having member_months > 0
    order by 1
    """,
    "rivals",
    "pmpm",
)
READMISSION = Question(
    "readmissions by month",
    "core.readmission",
    """
    select
        cast(12 * year(r.index_end_date) + month(r.index_end_date) as bigint) as month,
        count(*) as stays,
        count(*) filter (where r.is_index) as index_stays,
        count(*) filter (where r.is_planned) as planned,
        count(*) filter (where r.is_readmitted_30_days) as readmitted
    from built.core.readmission as r
    group by 1
    order by 1
    """,
    "rivals_readmission",
    "readmission",
)
QUESTIONS = (PMPM, READMISSION)
# The system's account of a process begins with the memory of the one that started it: start it from a small one.
_LAUNCH = """
import json, os, subprocess, sys, time
started = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
process.returncode = os.waitstatus_to_exitcode(status)
measured = usage.ru_utime + usage.ru_stime, time.perf_counter() - started, usage.ru_maxrss / 1024
json.dump([process.returncode, measured], sys.stderr)
"""
# Runs in a process of its own, because only pages may import Streamlit.
_PAGE_RUN = """
import os, statistics, sys, time
import orjson
from streamlit.testing.v1 import AppTest
# Not guarded: a page that shows an error in words would be measured as a fast one.
script = f"from dashboard.pages.{sys.argv[1]} import PAGE\\nPAGE.render()"
app = AppTest.from_string(script, default_timeout=60).run()
cpu, wall = [], []
for year in (int(sys.argv[3]) * sys.argv[2].split(","))[:int(sys.argv[3])]:
    app.query_params["year"] = year
    started, began = time.process_time(), time.perf_counter()
    app.run()
    cpu.append(time.process_time() - started)
    wall.append(time.perf_counter() - began)
assert not app.exception
print(orjson.dumps([statistics.median(cpu), statistics.median(wall)]).decode())
"""
Say = Callable[[str], None]


def run(*, people: int, runs: int, say: Say) -> list[dict[str, object]]:
    """Measure synthesis, builds, reading claims as CSV, panels, a page, and rivals; for FHIR set CAREPARITY_INPUTS.

    Returns one row per step: name, people, cpu_s, wall_s, peak_mb (medians over `runs`), runs, load (of the machine);
    rows_per_cpu_s where rows are counted, ratio_cpu where a rival is compared with us. Raises CheckFailed when a
    rival's answer isn't ours.
    """
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="careparity-bench-") as name:
        folder = Path(name)
        demo, out = folder / "demo", folder / "warehouse"
        rows.append(_step("synthesise", people, runs, ["demo", "--people", str(people), "--out", str(demo)], say, demo))
        build = ["build", "--quiet", "--source", str(demo), "--out", str(out)]
        rows.append(_step("build", people, runs, build, say, out))
        rows.append(_step("build, no change", people, runs, build, say))
        rows.append(_reads("read a panel, warm", out, people, ["overview/tiles"], say))
        rows += _cost_page(out, people, say)
        rows.append(_csv(folder, demo, people, runs, say))
        for question in QUESTIONS:
            rows += _rivals(question, folder, demo, out, people, runs, say)
        rows += _fhir(folder, runs, say)
    return rows


def _fhir(folder: Path, runs: int, say: Say) -> list[dict[str, object]]:
    inputs = os.environ.get("CAREPARITY_INPUTS")
    bundles = Path(inputs or ".") / "fhir_r4_bundles_smart.tar.gz"
    if not inputs or not bundles.exists():
        say("FHIR: skipped; set CAREPARITY_INPUTS to a folder with fhir_r4_bundles_smart.tar.gz")
        return []
    out = folder / "fhir"
    return [
        _step(
            "build FHIR bundles", 306, runs, ["build", "--quiet", "--source", str(bundles), "--out", str(out)], say, out
        )
    ]


def _step(
    name: str, people: int, runs: int, arguments: list[str], say: Say, fresh: Path | None = None
) -> dict[str, object]:
    """Run `careparity arguments` `runs` times, each from a clean start where `fresh` names what to remove."""
    return _measured(name, people, runs, [sys.executable, "-m", "dashboard.cli", *arguments], say, fresh)


def _measured(
    name: str, people: int, runs: int, command: list[str], say: Say, fresh: Path | None = None
) -> dict[str, object]:
    measured: list[tuple[float, float, float]] = []
    for _ in range(runs):
        if fresh is not None:
            _remove(fresh)
        measured.append(_timed(command)[0])
    return _row(name, people, [statistics.median(column) for column in zip(*measured, strict=True)], runs, say)


def _row(name: str, people: int, medians: list[float], runs: int, say: Say) -> dict[str, object]:
    """One row of the answer, said aloud; `load`: how many processes wanted the machine in the minute before."""
    cpu, wall, peak = medians
    digits = 2 if cpu >= 1 else 4
    figures = dict(zip(_KEYS, (round(cpu, digits), round(wall, digits), round(peak)), strict=True))
    row: dict[str, object] = {"name": name, "people": people, **figures, "runs": runs}
    row["load"] = round(os.getloadavg()[0], 1)
    say(f"{name}: {row}")
    return row


def _timed(command: list[str], environment: dict[str, str] | None = None) -> tuple[tuple[float, float, float], bytes]:
    """CPU-seconds, wall seconds and peak megabytes of one process, by the system's own account, and what it wrote."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-I", "-S", "-c", _LAUNCH, *command],
        env=os.environ | (environment or {}), capture_output=True, check=True,
    )  # fmt: skip
    code, (cpu, wall, peak) = orjson.loads(done.stderr)
    if code:
        raise RuntimeError(f"{' '.join(command[1:4])} ended with {code}")
    return (cpu, wall, peak), done.stdout


def _reads(name: str, out: Path, people: int, panels: list[str], say: Say) -> dict[str, object]:
    """Released panels, warm, in this process, one after the other."""
    cpu: list[float] = []
    wall: list[float] = []
    for _ in range(_READS + 1):
        started, began = process_time(), perf_counter()
        for each in panels:
            panel(out, each)
        cpu.append(process_time() - started)
        wall.append(perf_counter() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return _row(name, people, [statistics.median(cpu[1:]), statistics.median(wall[1:]), peak], _READS, say)


def _cost_page(out: Path, people: int, say: Say) -> list[dict[str, object]]:
    """What a change of the year on the cost page costs: its panels, and the whole run of the page."""
    panels = sorted(f.name for f in catalog.load().of("panels") if f.name.startswith(f"{_COST_PAGE}/"))
    rows = [_reads(f"read the {len(panels)} panels of {_COST_PAGE}, warm", out, people, panels, say)]
    years = ",".join(str(year) for year in years_of(out))
    command = [sys.executable, "-c", _PAGE_RUN, _COST_PAGE, years, str(_PAGE_RUNS)]
    (_, _, peak), written = _timed(command, {"CAREPARITY_WAREHOUSE": str(out)})
    cpu, wall = orjson.loads(written.splitlines()[-1])
    return [*rows, _row(f"page {_COST_PAGE}, another year", people, [cpu, wall, peak], _PAGE_RUNS, say)]


def years_of(out: Path) -> list[int]:
    """The reporting years of a published warehouse, in order."""
    return list(connect.query(connect.open_published(out), "select years from published.warehouse").item())


def load_csv(folder: Path) -> None:
    """Read the delimited files in `folder` into a database beside it, as a build does."""
    spill = folder.with_name("csv-spill")
    con = connect.build(folder.with_name("csv.duckdb"), temp_directory=spill)
    sources.load(
        con, [folder], forced_format=None, workdir=spill, rejects_path=folder.with_name("csv-rejects"),
        on_progress=lambda _step, _done, _total: None,
    )  # fmt: skip
    con.close()


def _csv(folder: Path, demo: Path, people: int, runs: int, say: Say) -> dict[str, object]:
    """Reading the demo's medical claims as one CSV file: rows a CPU-second."""
    text = folder / "csv" / "medical_claim.csv"
    text.parent.mkdir()
    claims = pl.scan_parquet(demo / "medical_claim" / "*.parquet")
    claims.sink_csv(text)
    rows = claims.select(pl.len()).collect().item()
    load = (
        f"from pathlib import Path; from dashboard.warehouse import bench; bench.load_csv(Path({str(text.parent)!r}))"
    )
    row = _measured("load claims CSV", people, runs, [sys.executable, "-c", load], say, folder / "csv.duckdb")
    text.unlink()
    return row | {"rows": rows, "rows_per_cpu_s": round(rows / float(str(row["cpu_s"])))}


def answer(question: Question, out: Path) -> pl.DataFrame:
    """Our answer, from the build database beside the warehouse `out`."""
    con = connect.memory()
    con.execute(f"attach '{out.with_name(out.name + '.d')}/build.duckdb' as built (read_only)")
    found = connect.query(con, question.sql)
    con.close()
    return found


def _rivals(
    question: Question, folder: Path, demo: Path, out: Path, people: int, runs: int, say: Say
) -> list[dict[str, object]]:
    """One question asked of the files: ours (with all it rests on), Polars and pandas; the answers must be the same."""
    ours = answer(question, out)
    ask = (
        f"from pathlib import Path; from dashboard.warehouse import build;"
        f" place = Path({str(folder / 'only')!r}); only = ({question.table!r},);"
        f" request = build.Request((Path({str(demo)!r}),), place, only=only);"
        " build.run(request)"
    )
    name = question.name
    first = _measured(f"{name}, careparity", people, runs, [sys.executable, "-c", ask], say, folder / "only")
    built = (
        f"from pathlib import Path; from dashboard.warehouse import bench;"
        f" bench.answer(bench.QUESTIONS[{QUESTIONS.index(question)}], Path({str(out)!r}))"
    )
    rows = [first, _measured(f"{name}, careparity, already built", people, runs, [sys.executable, "-c", built], say)]
    for rival in ("polars", "pandas"):
        written = folder / f"{rival}.parquet"
        asked = (
            f"from pathlib import Path; from dashboard.warehouse import {question.module} as r;"
            f" r.{question.function}_{rival}(Path({str(demo)!r}), {years_of(out)}).write_parquet({str(written)!r})"
        )
        row = _measured(f"{name}, {rival}", people, runs, [sys.executable, "-c", asked], say)
        if not pl.read_parquet(written).cast(pl.Int64).equals(ours):
            do = f"See warehouse/{question.module}.py"
            raise CheckFailed(where="bench", what=f"{name} by {rival} isn't ours", do=do)
        rows.append(row | {"ratio_cpu": round(float(str(row["cpu_s"])) / float(str(first["cpu_s"])), 2)})
    return rows


def _remove(path: Path) -> None:
    for each in (path, path.with_name(path.name + ".d")):
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink(missing_ok=True)
