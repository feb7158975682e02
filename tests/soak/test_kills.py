"""A build killed at any moment leaves the old warehouse or the new one, whole; the next build ends well and everyone
keeps their surrogate. `make soak` kills a hundred times; CAREPARITY_KILLS says how often otherwise."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from dashboard.sources import synthetic
from dashboard.warehouse import build, connect, content

KILLS = int(os.environ.get("CAREPARITY_KILLS", "4"))
# Between kills of the same unfinished build, now and then one is let through.
FINISHED_EVERY = 4
PEOPLE = 300


@dataclass
class Warehouse:
    """One place that two deliveries take turns to be built into, and what it must hold for each."""

    out: Path
    deliveries: tuple[Path, Path]
    names: dict[str, dict[str, str]]
    people: dict[tuple[str, str], int]
    seconds: float


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    folder = tmp_path_factory.mktemp("kills")
    less, more = folder / "less", folder / "more"
    synthetic.write_population(more, people=PEOPLE, seed=3)
    shutil.copytree(more, less, ignore=shutil.ignore_patterns("pharmacy_claim", "immunization"))
    out = folder / "w"
    build.run(build.Request((more,), out))
    names, started = {}, time.perf_counter()
    for delivery in (less, more):
        build.run(build.Request((delivery,), out))
        names[out.readlink().name] = _content(out)
    seconds = (time.perf_counter() - started) / 2
    return Warehouse(out, (less, more), names, _people(out), seconds)


def _content(out: Path) -> dict[str, str]:
    """A digest of every table of the published file."""
    con = connect.open_published(out)
    try:
        rows = con.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        return {name: content.of_table(con, name) for (name,) in sorted(rows) if name != "published.warehouse"}
    finally:
        con.close()


def _people(out: Path) -> dict[tuple[str, str], int]:
    vault = connect.build(out.with_name(f"{out.name}.d") / "vault.duckdb")
    try:
        return {(row[0], row[1]): row[2] for row in vault.execute("select * from person").fetchall()}
    finally:
        vault.close()


def _start(warehouse: Warehouse, delivery: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "dashboard.cli", "build", "--quiet", "--source", str(delivery)]
    return subprocess.Popen(
        [*command, "--out", str(warehouse.out)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def test_kills_at_random_moments(warehouse: Warehouse) -> None:
    rng = random.Random(11)
    for number in range(1, KILLS + 1):
        delivery = warehouse.deliveries[rng.randrange(2)]
        process = _start(warehouse, delivery)
        try:
            process.wait(rng.uniform(0.2, warehouse.seconds + 1.2))
            assert process.returncode == 0
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        served = warehouse.out.readlink().name
        assert _content(warehouse.out) == warehouse.names[served]
        if number % FINISHED_EVERY == 0 or number == KILLS:
            assert _start(warehouse, delivery).wait() == 0
            expected = list(warehouse.names)[warehouse.deliveries.index(delivery)]
            assert warehouse.out.readlink().name == expected
            assert _content(warehouse.out) == warehouse.names[expected]
            assert _people(warehouse.out) == warehouse.people
            assert build.run(build.Request((delivery,), warehouse.out)).rebuilt == []
