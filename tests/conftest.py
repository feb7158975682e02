"""What several kinds of test need: a small warehouse built by the command's own road, and a copy of queries/."""

from __future__ import annotations

import fcntl
import shutil
from pathlib import Path

import pytest

from dashboard.sources import synthetic
from dashboard.warehouse import build

ROOT = Path(__file__).parents[1]
SMALL_PEOPLE = 6_000


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all workers of this run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "popen-gw" in base.name else base


@pytest.fixture(scope="session")
def small_demo(shared_folder: Path) -> Path:
    """A synthetic population as `careparity demo` writes it; made once for all workers."""
    out = shared_folder / "small_demo"
    with (shared_folder / "small_demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (out / build.SYNTHETIC_MARK).exists():
            synthetic.write_population(out, people=SMALL_PEOPLE, seed=7)
            build.mark_synthetic(out)
    return out


@pytest.fixture(scope="session")
def small_warehouse(small_demo: Path, shared_folder: Path) -> Path:
    """The warehouse of `small_demo`; read it, don't build into it."""
    out = shared_folder / "small_warehouse"
    with (shared_folder / "small_warehouse.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not out.is_symlink():
            build.run(build.Request((small_demo,), out))
    return out


@pytest.fixture
def queries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of queries/ that the test may edit and that the catalog uses."""
    copy = tmp_path / "queries"
    shutil.copytree(ROOT / "queries", copy)
    monkeypatch.setenv("CAREPARITY_QUERIES", str(copy))
    return copy
