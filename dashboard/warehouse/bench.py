"""`careparity bench`: what the main job costs, each step as its own process, medians of several runs."""

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

from dashboard.privacy import panel

_KEYS = ("cpu_s", "wall_s", "peak_mb")
_READS = 50
Say = Callable[[str], None]


def run(*, people: int, runs: int, say: Say) -> list[dict[str, object]]:
    """Measure synthesis, full build, build without change and a panel read; for FHIR set CAREPARITY_INPUTS.

    Returns one row per step: name, people, cpu_s, wall_s, peak_mb (medians over `runs`), runs.
    """
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="careparity-bench-") as name:
        folder = Path(name)
        demo, out = folder / "demo", folder / "warehouse"
        rows.append(_step("synthesise", people, runs, ["demo", "--people", str(people), "--out", str(demo)], say, demo))
        build = ["build", "--quiet", "--source", str(demo), "--out", str(out)]
        rows.append(_step("build", people, runs, build, say, out))
        rows.append(_step("build, no change", people, runs, build, say))
        rows.append(_reads(out, people, say))
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
    measured: list[tuple[float, float, float]] = []
    for _ in range(runs):
        if fresh is not None:
            _remove(fresh)
        measured.append(_timed([sys.executable, "-m", "dashboard.cli", *arguments]))
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
        raise RuntimeError(f"{' '.join(command[2:4])} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, perf_counter() - started, usage.ru_maxrss / 1024


def _reads(out: Path, people: int, say: Say) -> dict[str, object]:
    """The released panel behind the Overview, warm, in this process."""
    panel(out, "overview/tiles")
    cpu: list[float] = []
    wall: list[float] = []
    for _ in range(_READS):
        started, began = process_time(), perf_counter()
        panel(out, "overview/tiles")
        cpu.append(process_time() - started)
        wall.append(perf_counter() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    medians = (round(statistics.median(cpu), 4), round(statistics.median(wall), 4), round(peak, 1))
    row = {"name": "read a panel, warm", "people": people, **dict(zip(_KEYS, medians, strict=True)), "runs": _READS}
    say(f"read a panel, warm: {row}")
    return dict(row)


def _remove(path: Path) -> None:
    for each in (path, path.with_name(path.name + ".d")):
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink(missing_ok=True)
