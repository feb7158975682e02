"""No order, name or repetition of input files changes a result, nor does the order in which sources are given."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import polars as pl
import pytest
from deliveries import Files, build_afresh, differences, fhir_r4, input_layer, write
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dashboard.warehouse import build

EXAMPLES = int(os.environ.get("CAREPARITY_EXAMPLES", "1"))
# Counts of rows read, and of rows read twice, are about files and not about people.
OF_THE_FILES = frozenset(
    {"published.source", "core.reconciliation"}
    | {"checks.rows_duplicate", "checks.rows_rejected", "checks.rows_unaccounted"}
)
Rename = Callable[[str, int], str]


def renamed_part(name: str, number: int) -> str:
    """A part file of a table keeps its folder, which names the table, and its kind."""
    path = PurePosixPath(name)
    return (path.parent / f"part-{number}{path.suffix}").as_posix()


def renamed_json(name: str, number: int) -> str:
    """JSON is told by content: any name and folder will do."""
    return f"{'abc'[number % 3]}/{number}{PurePosixPath(name).suffix}"


def shuffled(files: Files, rename: Rename, seed: int, *, copies: int) -> Files:
    """The same content under other names in another order, some of it several times."""
    rng = random.Random(seed)
    names = [*files, *rng.choices(sorted(files), k=copies)]
    rng.shuffle(names)
    return Files({rename(name, number): files[name] for number, name in enumerate(names)})


def halves(files: Files) -> tuple[Files, Files]:
    """Two deliveries of the same kind of files that share none."""
    names = sorted(files)
    return Files({n: files[n] for n in names[::2]}), Files({n: files[n] for n in names[1::2]})


@pytest.fixture(scope="module", params=["input_layer", "fhir_r4"])
def case(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Files, Rename, Path]]:
    """A delivery, how its files may be renamed, and the warehouse of it."""
    folder = tmp_path_factory.mktemp("order")
    files, rename = (
        (input_layer(folder / "demo"), renamed_part) if request.param == "input_layer" else (fhir_r4(), renamed_json)
    )
    first, second = halves(files)
    sources = (write(folder / "a", first), write(folder / "b", second))
    build.run(build.Request(sources, folder / "w", names=("plan", "plan")))
    yield files, rename, folder / "w"


@settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 2**32), copies=st.integers(0, 4), is_split=st.booleans())
def test_files_in_any_order_under_any_name_and_repeated_give_the_same_warehouse(
    case: tuple[Files, Rename, Path], seed: int, copies: int, is_split: bool
) -> None:
    files, rename, expected = case
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        again = shuffled(files, rename, seed, copies=copies)
        parts = halves(again) if is_split else (again,)
        sources = tuple(write(folder / f"in{number}", part) for number, part in enumerate(parts))
        request = build.Request(sources, folder / "w", names=("plan",) * len(sources))
        build_afresh(request, vault_of=expected)
        assert differences(expected, folder / "w", leave_out=OF_THE_FILES) == []


def test_the_order_of_named_sources_changes_nothing(tmp_path: Path) -> None:
    plan, clinic = write(tmp_path / "plan", input_layer(tmp_path / "demo")), write(tmp_path / "clinic", fhir_r4())
    links = tmp_path / "links.csv"
    people = [f"plan,{row[0]},{n}" for n, row in enumerate(_people(tmp_path / "demo")[:4])]
    clinical = [f"clinic,p{n},{n}" for n in range(4)]
    links.write_text("\n".join(["data_source,source_person_id,link_id", *people, *clinical, ""]))
    one = build.Request((plan, clinic), tmp_path / "w1", names=("plan", "clinic"), crosswalk=links)
    build.run(one)
    two = build.Request((clinic, plan), tmp_path / "w2", names=("clinic", "plan"), crosswalk=links)
    build_afresh(two, vault_of=tmp_path / "w1")
    found = differences(tmp_path / "w1", tmp_path / "w2", leave_out=OF_THE_FILES)
    assert set(found) <= {"published.population"}  # its label names the sources in the order given


def _people(demo: Path) -> list[tuple[str]]:
    return pl.read_parquet(demo / "patient" / "*.parquet").select("person_id").sort("person_id").rows()
