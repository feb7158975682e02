"""Wrong buttons and broken files: each is one clear error with its exit code, never a traceback or a row's value."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sources_harness import load

from dashboard import cli
from dashboard.errors import InputError, UsageError
from dashboard.warehouse import build, connect, tables
from dashboard.warehouse.catalog import load as load_catalog
from dashboard.warehouse.check import check_queries
from dashboard.warehouse.templates import write_template

PATIENTS = "person_id,sex,race,birth_date\na,female,white,1950-01-02\nb,male,white,1960-03-04\n"
PATIENT = b'{"resourceType":"Patient","id":"p1","gender":"female","birthDate":"1950-01-02"}\n'


def _write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _exit(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["careparity", *words])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return int(stopped.value.code or 0)


@pytest.mark.parametrize(
    "text",
    [PATIENTS.replace("\n", "\r"), "person_id," + ",".join(f"c{i}" for i in range(300_000)) + "\n"],
    ids=["carriage returns", "a mebibyte of header"],
)
def test_a_header_that_is_no_line_of_names_is_one_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="header isn't one line") as error:
        load(tmp_path, _write(tmp_path / "in" / "patient.csv", text))
    assert "1950" not in str(error.value)


def test_an_id_of_blanks_is_no_id(tmp_path: Path) -> None:
    loaded = load(tmp_path, _write(tmp_path / "in" / "patient.csv", PATIENTS + "   ,male,white,1950-01-02\n"))
    assert loaded.counts() == {"patient": (3, 2, 0, 1, 0)}


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ndjson")
    with pytest.raises(InputError, match="neither a file nor a folder"):
        build.run(build.Request((tmp_path / "pipe.ndjson",), tmp_path / "w"))


def test_a_name_that_is_not_utf8_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / os.fsdecode(b"\xff\xfe.ndjson")).write_bytes(PATIENT)
    assert load(tmp_path, folder).counts() == {"Patient": (1, 1, 0, 0, 0)}
    cache: dict[str, str] = {}
    from dashboard.sources import fingerprint

    assert fingerprint([folder], cache) == fingerprint([folder], cache)
    assert all(key.encode() for key in cache)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Patient.ndjson", ""),
        ("patient.csv", PATIENTS.splitlines()[0] + "\n"),
        ("b.json", '{"resourceType":"Bundle","type":"collection","entry":[]}'),
        ("q.ndjson", '{"resourceType":"Questionnaire","id":"1"}\n'),
    ],
)
def test_a_source_without_a_usable_row_never_replaces_a_warehouse(tmp_path: Path, name: str, content: str) -> None:
    build.run(build.Request((_write(tmp_path / "good" / "Patient.ndjson", PATIENT),), tmp_path / "w"))
    before = (tmp_path / "w").readlink()
    with pytest.raises(InputError, match=r"no row could be loaded|nothing to read|no file of a known format"):
        build.run(build.Request((_write(tmp_path / "in" / name, content),), tmp_path / "w"))
    assert (tmp_path / "w").readlink() == before


def test_a_warehouse_without_years_says_so(tmp_path: Path) -> None:
    source = _write(tmp_path / "in" / "Patient.ndjson", PATIENT)
    assert any("--period" in note for note in build.run(build.Request((source,), tmp_path / "w")).notes)
    result = build.run(build.Request((source,), tmp_path / "w", years=(2024,)))
    assert not any("--period" in note for note in result.notes)


@pytest.mark.parametrize(("memory", "what"), [("lots", "not an amount of memory"), ("1KB", "out of memory")])
def test_memory_that_cannot_do_is_wrong_use(tmp_path: Path, memory: str, what: str) -> None:
    source = _write(tmp_path / "in" / "Patient.ndjson", PATIENT)
    with pytest.raises(UsageError, match=what):
        build.run(build.Request((source,), tmp_path / "w", memory=memory))


def test_a_database_error_outside_a_query_file_keeps_its_values_to_itself() -> None:
    error = connect.Error("Could not convert string 'Mrs Secret' to INT32")
    assert "Secret" not in str(tables.sql_error(None, error))
    full = connect.Error('Failed to commit: Could not write file "x.wal": No space left on device')
    assert isinstance(tables.sql_error(None, full), UsageError)


def test_queries_that_are_not_there_are_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no query file"):
        load_catalog(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="no query file there"):
        check_queries([tmp_path / "nowhere"])


def test_a_panel_belongs_to_a_page() -> None:
    with pytest.raises(UsageError, match="page/name"):
        write_template("panel", "nopage")


def test_paths_that_cannot_be_written_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = str(_write(tmp_path / "in" / "Patient.ndjson", PATIENT))
    report = str(tmp_path / "nowhere" / "report.json")
    assert _exit(monkeypatch, "build", "--source", source, "--out", str(tmp_path / "w"), "--report", report) == 2
    assert not (tmp_path / "w").exists()
    _write(tmp_path / "file", "")
    assert _exit(monkeypatch, "demo", "--people", "5", "--out", str(tmp_path / "file" / "demo")) == 2
    assert capsys.readouterr().err.count("Error: ") == 2


def test_the_fingerprint_is_the_same_in_every_process(tmp_path: Path) -> None:
    source = _write(tmp_path / "in" / "Patient.ndjson", PATIENT)
    command = [sys.executable, "-m", "dashboard.cli", "build", "--quiet", "--source", str(source)]
    found = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([*command, "--out", str(tmp_path / "w")], env=environment, check=True, capture_output=True)
        found.add((tmp_path / "w").readlink())
    assert len(found) == 1
