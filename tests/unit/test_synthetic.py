"""The generator: deterministic by seed, independent of threads and blocks, careful with the folder it writes to."""

from __future__ import annotations

import hashlib
from pathlib import Path

import orjson
import polars as pl
import pytest

from dashboard.errors import UsageError
from dashboard.sources import synthetic
from dashboard.sources.input_layer import LAYOUT

PEOPLE = 90


def contents(folder: Path) -> dict[str, str]:
    """Hash of every file, by path within the folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def table(folder: Path, name: str) -> pl.DataFrame:
    frame = pl.read_parquet(folder / name / "*.parquet")
    return frame.sort(frame.columns)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "small"
    synthetic.write_population(out, people=PEOPLE, seed=5)
    return out


def test_same_seed_gives_the_same_bytes_whatever_the_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthetic, "BLOCK", 30)
    for threads in (1, 2):
        monkeypatch.setattr(synthetic, "THREADS", threads)
        synthetic.write_population(tmp_path / str(threads), people=PEOPLE, seed=5)
    assert contents(tmp_path / "1") == contents(tmp_path / "2")


def test_a_person_does_not_depend_on_blocks_or_on_how_many_people_there_are(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthetic, "BLOCK", 25)
    synthetic.write_population(tmp_path / "fewer", people=40, seed=5)
    for name in ("patient", "medical_claim", "lab_result", "pharmacy_claim", "observation"):
        fewer = table(tmp_path / "fewer", name)
        more = table(small, name).filter(pl.col("person_id") < "P10000040")
        assert fewer.equals(more), name


def test_another_seed_gives_other_people(small: Path, tmp_path: Path) -> None:
    synthetic.write_population(tmp_path / "other", people=PEOPLE, seed=6)
    assert not table(small, "patient").equals(table(tmp_path / "other", "patient"))
    assert not table(small, "medical_claim").equals(table(tmp_path / "other", "medical_claim"))


def test_one_person_has_every_table_with_the_same_columns(small: Path, tmp_path: Path) -> None:
    summary = synthetic.write_population(tmp_path / "one", people=1, seed=1)
    assert summary.rows["patient"] == 1
    for name in summary.rows:
        assert table(tmp_path / "one", name).schema == table(small, name).schema


def test_every_table_and_column_is_one_that_the_input_layer_reads(small: Path) -> None:
    for name in (path.name for path in small.iterdir() if path.is_dir()):
        read = {column.name for column in LAYOUT.columns(LAYOUT.tables[name])}
        assert set(table(small, name).columns) <= read, name


def test_no_column_can_hold_a_name_or_an_address(small: Path) -> None:
    identifying = ("first_name", "last_name", "address", "phone", "email", "social_security", "street")
    columns = {column for path in small.iterdir() if path.is_dir() for column in table(small, path.name).columns}
    assert not {column for column in columns if any(word in column for word in identifying)}


def test_ground_truth_says_what_was_planted(small: Path) -> None:
    truth = orjson.loads((small / synthetic.TRUTH).read_bytes())
    assert (truth["is_synthetic"], truth["people"], truth["seed"]) == (True, PEOPLE, 5)
    assert truth["effects"] == synthetic.effects().to_dicts()
    assert truth["rows"]["patient"] == PEOPLE


def test_the_read_me_shows_the_planted_sizes() -> None:
    lines = (synthetic.FOLDER / "README.md").read_text().splitlines()
    for effect in synthetic.effects().iter_rows(named=True):
        row = "| {outcome} | {dimension} | {group_value} | {scale} | {size:+.2f} |".format(**effect)
        assert row in lines


def test_an_earlier_demo_is_replaced(tmp_path: Path) -> None:
    synthetic.write_population(tmp_path / "demo", people=3, seed=1)
    synthetic.write_population(tmp_path / "demo", people=2, seed=1)
    assert table(tmp_path / "demo", "patient").height == 2


def test_progress_reaches_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthetic, "BLOCK", 2)
    seen: list[int] = []
    synthetic.write_population(
        tmp_path / "demo", people=5, seed=1, on_progress=lambda _step, done, total: seen.append(done * 10 + total)
    )
    assert seen[-1] == 55
    assert seen == sorted(seen)


@pytest.mark.parametrize("people", [0, -1, 10_000_001])
def test_an_impossible_number_of_people_is_refused(tmp_path: Path, people: int) -> None:
    with pytest.raises(UsageError, match="--people"):
        synthetic.write_population(tmp_path / "demo", people=people)
    assert not (tmp_path / "demo").exists()


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(UsageError, match="something other than a synthetic population"):
        synthetic.write_population(tmp_path, people=1)
    assert (tmp_path / "precious.txt").read_text() == "mine"


def test_a_failure_leaves_nothing_behind_and_the_earlier_demo_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synthetic.write_population(tmp_path / "demo", people=2, seed=1)
    before = contents(tmp_path / "demo")
    monkeypatch.setattr(synthetic, "STEPS", ("home", "no_such_step"))
    with pytest.raises(FileNotFoundError):
        synthetic.write_population(tmp_path / "demo", people=3, seed=1)
    assert contents(tmp_path / "demo") == before
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


@pytest.mark.parametrize(
    ("cause", "words"),
    [(OSError(28, "No space left on device"), "the disk is full"), (PermissionError(13, "no"), "may not be written")],
)
def test_a_full_disk_or_a_locked_folder_is_one_clear_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cause: OSError, words: str
) -> None:
    def fail(*_: object) -> None:
        raise cause

    monkeypatch.setattr(synthetic, "_write_truth", fail)
    with pytest.raises(UsageError, match=words):
        synthetic.write_population(tmp_path / "demo", people=1)
    assert not list(tmp_path.iterdir())
