"""Folders, archives and their dangers; fingerprints; the registry."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
from pathlib import Path

import orjson
import pytest
from sources_harness import load, ndjson, patient

from dashboard import sources
from dashboard.errors import InputError, UsageError
from dashboard.sources import archive

LINE = orjson.dumps(patient()) + b"\n"


def _tar(path: Path, members: dict[str, bytes], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as out:  # type: ignore[call-overload]
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            out.addfile(info, io.BytesIO(content))
    return path


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in members.items():
            out.writestr(name, content)
    return path


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.tgz", "a.zip", "a.ndjson.gz", "a.ndjson", "folder"])
def test_every_kind_of_source_gives_the_same(tmp_path: Path, name: str) -> None:
    path, members = tmp_path / name, {"some/Patient.ndjson": LINE, "README.md": b"# hello"}
    if name.endswith((".tar", "gz")) and "ndjson" not in name:
        _tar(path, members, "w" if name == "a.tar" else "w:gz")
    elif name == "a.zip":
        _zip(path, members)
    elif name == "a.ndjson.gz":
        path.write_bytes(gzip.compress(LINE))
    elif name == "a.ndjson":
        path.write_bytes(LINE)
    else:
        (path / ".hidden").mkdir(parents=True)
        (path / ".hidden" / "x.ndjson").write_bytes(LINE)
        (path / "Patient [1].ndjson.gz").write_bytes(gzip.compress(LINE))
    assert load(tmp_path, path).counts()["Patient"] == (1, 1, 0, 0, 0)


def test_a_mixed_archive_loads_every_format(tmp_path: Path) -> None:
    table = b"person_id,birth_date,sex\nq1,1950-01-01,male\n"
    path = _zip(tmp_path / "a.zip", {"Patient.ndjson.gz": gzip.compress(LINE), "patient.csv": table})
    loaded = load(tmp_path, path).stage()
    assert {(row.format, row.type, row.loaded) for row in loaded.rows} == {
        ("fhir_r4", "Patient", 1),
        ("input_layer", "patient", 1),
    }
    assert loaded.query("select count(*) from staging.person") == [(2,)]


@pytest.mark.parametrize("kind", ["tar.gz", "tar", "zip", "ndjson.gz"])
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_a_truncated_archive_is_one_error(tmp_path: Path, kind: str, kept: float) -> None:
    path = tmp_path / f"a.{kind}"
    members = {f"{n}.ndjson": LINE + os.urandom(3000).hex().encode() + b"\n" for n in range(4)}
    if kind == "zip":
        _zip(path, members)
    elif kind == "ndjson.gz":
        path.write_bytes(gzip.compress(b"".join(members.values())))
    else:
        _tar(path, members, "w" if kind == "tar" else "w:gz")
    whole = path.read_bytes().rstrip(b"\0")  # a tar may lose its padding without losing anything
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(InputError):
        load(tmp_path, path)


def test_a_tar_cut_between_two_members_is_noticed(tmp_path: Path) -> None:
    path = _tar(tmp_path / "a.tar", {"a.ndjson": LINE, "b.ndjson": LINE}, "w")
    path.write_bytes(path.read_bytes()[:1024])
    with pytest.raises(InputError, match="cut short"):
        load(tmp_path, path)


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.tgz", "a.gz", "a.tar"])
def test_a_file_that_is_not_what_its_name_says(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(LINE)
    with pytest.raises(InputError, match="isn't the"):
        load(tmp_path, path)


def test_a_bomb_is_refused_before_it_fills_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "RATIO_FLOOR", 1 << 20)
    path = _zip(tmp_path / "a.zip", {"Patient.ndjson": b" " * (64 << 20)})
    with pytest.raises(InputError, match="unpacks to far more"):
        load(tmp_path, path)
    assert sum(f.stat().st_size for f in (tmp_path / "work").rglob("*") if f.is_file()) < 32 << 20


def test_archives_nested_too_deep_are_refused(tmp_path: Path) -> None:
    content, name = LINE, "a.ndjson"
    for level in range(4):
        content = _zip(tmp_path / f"{level}.zip", {name: content}).read_bytes()
        name = f"{level}.zip"
    with pytest.raises(InputError, match="nested"):
        load(tmp_path, tmp_path / "3.zip")


@pytest.mark.parametrize("name", ["../evil.ndjson", "/etc/evil.ndjson", "a/../../evil.ndjson", "C:\\evil.ndjson"])
def test_members_that_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="outside"):
        load(tmp_path, _zip(tmp_path / "a.zip", {name: LINE}))


def test_a_broken_file_inside_an_archive_that_promises_nothing_is_ignored(tmp_path: Path) -> None:
    path = _tar(tmp_path / "a.tar.gz", {"T.BCD.A0001": b"PK\x03\x04 not a zip", "Patient.ndjson": LINE})
    assert load(tmp_path, path).counts()["unrecognised"] == (1, 0, 0, 0, 1)


def test_missing_empty_and_foreign_sources_are_one_error_each(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "notes.txt").write_text("hello")
    for name, found in (("missing", "nothing of that name"), ("empty", "an empty source"), ("foreign", "1 files")):
        with pytest.raises(InputError, match=found):
            load(tmp_path, tmp_path / name)


def test_an_unknown_format_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="fhir_r4, input_layer"):
        load(tmp_path, ndjson(tmp_path / "a.ndjson", patient()), forced_format="fax")


def test_names_never_reach_a_message_or_the_account(tmp_path: Path) -> None:
    path = _tar(tmp_path / "a.tar.gz", {"Jane_Doe_1960.json": b"{broken", "Patient.ndjson": LINE})
    with pytest.raises(InputError) as caught:
        load(tmp_path, path)
    assert "Doe" not in str(caught.value)


def test_the_fingerprint_follows_content_and_reads_once(tmp_path: Path) -> None:
    path, cache = ndjson(tmp_path / "in" / "a.ndjson", patient()), {}
    first = sources.fingerprint([tmp_path / "in"], cache)
    assert sources.fingerprint([tmp_path / "in"], cache) == first
    assert len(cache) == 1
    path.write_bytes(LINE * 2)
    assert sources.fingerprint([tmp_path / "in"], cache) != first
    with pytest.raises(InputError):
        sources.fingerprint([tmp_path / "nowhere"], {})


def test_every_account_must_balance() -> None:
    with pytest.raises(AssertionError, match="3 rows read but 2"):
        sources.Reconciliation("s1", "fhir_r4", 1, "Patient", read=3, loaded=2).check()
