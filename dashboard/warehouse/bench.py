"""`careparity bench`: what the main job costs, each step as its own process, medians of several runs.

pandas and Polars answer one of its questions from the same files in the same run, and must agree to the cent.
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
_COST_PAGE = "cost_and_use"
# Ours, in the rivals' columns: months as a number, money as whole cents.
_PMPM = """
    select
        cast(12 * m.year + m.month as bigint) as month,
        count(*) filter (where m.has_medical) as member_months,
        cast(100 * sum(m.medical_allowed_usd) as bigint) as allowed_cents,
        cast(100 * sum(m.medical_paid_usd) as bigint) as paid_cents
    from built.marts.person_month as m
    group by 1
    having member_months > 0
    order by 1
"""
# Runs in a process of its own, because only pages may import Streamlit.
_PAGE_RUN = """
import os, statistics, sys, time
import orjson
from streamlit.testing.v1 import AppTest
script = "from dashboard.components.states import guarded\\n"
script += f"from dashboard.pages.{sys.argv[1]} import PAGE\\nguarded(PAGE.render)"
app = AppTest.from_string(script, default_timeout=60).run()
cpu, wall = [], []
for year in 5 * sys.argv[2].split(","):
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

    Returns one row per step: name, people, cpu_s, wall_s, peak_mb (medians over `runs`), runs; rows_per_cpu_s where
    rows are counted, ratio_cpu where a rival is compared with us. Raises CheckFailed when a rival's answer isn't ours.
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
        rows += _rivals(folder, demo, out, people, runs, say)
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
        measured.append(_timed(command))
    medians = [round(statistics.median(column), 2) for column in zip(*measured, strict=True)]
    row: dict[str, object] = {"name": name, "people": people, **dict(zip(_KEYS, medians, strict=True)), "runs": runs}
    say(f"{name}: {row}")
    return row


def _timed(command: list[str]) -> tuple[float, float, float]:
    """CPU-seconds, wall seconds and peak megabytes of one process, from the operating system's own account."""
    started = perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command[1:4])} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, perf_counter() - started, usage.ru_maxrss / 1024


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
    medians = (round(statistics.median(cpu[1:]), 4), round(statistics.median(wall[1:]), 4), round(peak, 1))
    row = {"name": name, "people": people, **dict(zip(_KEYS, medians, strict=True)), "runs": _READS}
    say(f"{name}: {row}")
    return dict(row)


def _cost_page(out: Path, people: int, say: Say) -> list[dict[str, object]]:
    """What a change of the year on the cost page costs: its panels, and the whole run of the page."""
    panels = sorted(f.name for f in catalog.load().of("panels") if f.name.startswith(f"{_COST_PAGE}/"))
    rows = [_reads(f"read the {len(panels)} panels of {_COST_PAGE}, warm", out, people, panels, say)]
    years = ",".join(str(year) for year in years_of(out))
    command = [sys.executable, "-c", _PAGE_RUN, _COST_PAGE, years]
    done = subprocess.run(  # noqa: S603
        command, env=os.environ | {"CAREPARITY_WAREHOUSE": str(out)}, capture_output=True, check=True
    )
    cpu, wall = orjson.loads(done.stdout.splitlines()[-1])
    row = {
        "name": f"page {_COST_PAGE}, another year",
        "people": people,
        "cpu_s": round(cpu, 4),
        "wall_s": round(wall, 4),
    }
    say(f"{row['name']}: {row}")
    return [*rows, dict(row)]


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


def pmpm(out: Path) -> pl.DataFrame:
    """month (12 × year + month), member_months, allowed_cents, paid_cents: ours, exact, from the build database."""
    con = connect.memory()
    con.execute(f"attach '{out.with_name(out.name + '.d')}/build.duckdb' as built (read_only)")
    answer = connect.query(con, _PMPM)
    con.close()
    return answer


def _rivals(folder: Path, demo: Path, out: Path, people: int, runs: int, say: Say) -> list[dict[str, object]]:
    """PMPM by month from the files: ours (with all it rests on), pandas and Polars; the answers must be the same."""
    ours = pmpm(out)
    ask = (
        f"from pathlib import Path; from dashboard.warehouse import build;"
        f" place = Path({str(folder / 'only')!r}); only = ('marts.person_month',);"
        f" request = build.Request((Path({str(demo)!r}),), place, only=only);"
        " build.run(request)"
    )
    first = _measured("PMPM by month, careparity", people, runs, [sys.executable, "-c", ask], say, folder / "only")
    rows = [first]
    for rival in ("polars", "pandas"):
        answer = folder / f"{rival}.parquet"
        asked = (
            f"from pathlib import Path; from dashboard.warehouse import rivals;"
            f" rivals.pmpm_{rival}(Path({str(demo)!r}), {min(years_of(out))}).write_parquet({str(answer)!r})"
        )
        row = _measured(f"PMPM by month, {rival}", people, runs, [sys.executable, "-c", asked], say)
        theirs = pl.read_parquet(answer)
        if not theirs.cast(pl.Int64).equals(ours):
            raise CheckFailed(where="bench", what=f"PMPM by month by {rival} isn't ours", do="See warehouse/rivals.py")
        rows.append(row | {"ratio_cpu": round(float(str(row["cpu_s"])) / float(str(first["cpu_s"])), 2)})
    return rows


def _remove(path: Path) -> None:
    for each in (path, path.with_name(path.name + ".d")):
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink(missing_ok=True)
