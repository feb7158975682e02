"""Turns what a user points at (a folder, a file, an archive) into plain files on disk, safely.

Archives: .zip, .tar, .tar.gz/.tgz and .gz, told by content. Their members are unpacked under running ordinals, so no
name from the archive ever becomes a path. Damage, a name that promises another kind of file, nesting too deep, and
bombs (too much in all, or too large a ratio) are one InputError.
"""

from __future__ import annotations

import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from dashboard.errors import InputError
from dashboard.sources.model import Member

MAX_BYTES = 512 * 2**30
MAX_RATIO = 200
RATIO_FLOOR = 64 * 2**20  # small archives of repetitive text may well exceed the ratio
MAX_MEMBERS = 2_000_000
MAX_DEPTH = 2
CHUNK = 1 << 20

_PROMISES = {".zip": "zip", ".tar": "tar", ".gz": "gzip", ".tgz": "gzip"}
_DAMAGE = (EOFError, OSError, zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile, RuntimeError,
           NotImplementedError)  # fmt: skip


@dataclass
class _Unpacker:
    """Unpacks one source; keeps the counts that the limits are about."""

    source: str
    label: str
    workdir: Path
    compressed: int = 0
    written: int = 0
    unpacked: int = 0
    members: int = 0

    def error(self, ordinal: int, what: str, found: str, do: str) -> InputError:
        where = self.label if ordinal == 0 else f"{self.label} (source {self.source}, file {ordinal})"
        return InputError(where=where, what=what, found=found, do=do)

    def member(self, path: Path, name: str) -> Member:
        self.members += 1
        if self.members > MAX_MEMBERS:
            raise self.error(0, "the source has too many files", f"more than {MAX_MEMBERS:,}", "Split it.")
        if _needs_plain_name(path):
            self.workdir.mkdir(parents=True, exist_ok=True)
            link = self.workdir / f"link-{self.members}"
            link.symlink_to(path.resolve())
            path = link
        return Member(path=path, name=name, ordinal=self.members, size=path.stat().st_size)

    def unpack(self, path: Path, name: str, depth: int) -> Iterator[Member]:
        """The plain files in one file, which may itself be an archive."""
        promised = _PROMISES.get(PurePosixPath(name).suffix.lower(), "")
        kind = _kind(path, promised)
        if promised not in ("", kind):
            raise self.error(
                self.members + 1, f"the file isn't the {promised} file that its name promises", f"{kind} content",
                "Fetch it again or correct its name.",
            )  # fmt: skip
        if kind == "plain":
            yield self.member(path, name)
            return
        if depth >= MAX_DEPTH:
            raise self.error(self.members + 1, "archives are nested too deeply", f"depth {depth + 1}", "Unpack it.")
        if depth == 0:
            self.compressed += path.stat().st_size
        opener = {"gzip": self._gzip, "tar": self._tar, "zip": self._zip}[kind]
        try:
            yield from opener(path, name, depth)
        except _DAMAGE as damage:
            message = "the archive is damaged, cut short or encrypted"
            raise self.error(0, message, type(damage).__name__, "Fetch it again and compare sizes.") from damage

    def _gzip(self, path: Path, name: str, depth: int) -> Iterator[Member]:
        inner = name.removesuffix(".gz")
        inner = inner[: -len(".tgz")] + ".tar" if inner.endswith(".tgz") else inner
        if _is_tar_gz(path):
            yield from self._tar(path, inner, depth)
            return
        with gzip.open(path, "rb") as stream:
            target = self._write(cast(IO[bytes], stream))
        yield from self.unpack(target, inner, depth + 1)

    def _tar(self, path: Path, name: str, depth: int) -> Iterator[Member]:
        del name
        opener = gzip.open if _kind(path) == "gzip" else Path.open
        with opener(path, "rb") as stream:
            watched = _Watched(cast(IO[bytes], stream))
            with tarfile.open(fileobj=watched, mode="r:", errorlevel=2) as archive:  # type: ignore[call-overload]
                for info in archive:
                    self._refuse_escape(info.name)
                    content = archive.extractfile(info) if info.isfile() else None
                    if content is not None:
                        yield from self.unpack(self._write(content), info.name, depth + 1)
            watched.finish()

    def _zip(self, path: Path, name: str, depth: int) -> Iterator[Member]:
        del name
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                self._refuse_escape(info.filename)
                if not info.is_dir():
                    with archive.open(info) as stream:
                        target = self._write(stream)
                    yield from self.unpack(target, info.filename, depth + 1)

    def _refuse_escape(self, name: str) -> None:
        parts = PurePosixPath(name.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or (len(name) > 1 and name[1] == ":"):
            raise self.error(0, "a member's path leads outside the archive", "an absolute path or '..'", "Repack it.")

    def _write(self, stream: IO[bytes]) -> Path:
        """Copy a member to the private folder, watching size and ratio while it grows."""
        self.workdir.mkdir(parents=True, exist_ok=True)
        self.unpacked += 1
        target = self.workdir / f"member-{self.unpacked}"
        with target.open("wb") as out:
            while chunk := stream.read(CHUNK):
                self.written += len(chunk)
                self._refuse_bomb()
                out.write(chunk)
        return target

    def _refuse_bomb(self) -> None:
        ratio_limit = max(RATIO_FLOOR, MAX_RATIO * self.compressed)
        if self.written > MAX_BYTES or self.written > ratio_limit:
            found = f"more than {self.written // 2**20:,} MiB from {self.compressed // 1024:,} KiB"
            raise self.error(0, "the archive unpacks to far more than real data does", found, "Unpack it yourself.")


class _Watched:
    """A stream that remembers its last block: `tarfile` takes a cut between two members for the end."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._last = stream, b""
        self.seek, self.tell = stream.seek, stream.tell

    def read(self, size: int = -1) -> bytes:
        self._last = self._stream.read(size)
        return self._last

    def finish(self) -> None:
        """Read to the very end, so that checksums are verified. Raises ReadError without the closing zero block."""
        if self._last != b"\0" * 512:
            raise tarfile.ReadError("no end-of-archive mark")
        while self._stream.read(CHUNK):
            pass


def _kind(path: Path, promised: str = "") -> str:
    """'gzip', 'tar', 'zip' or 'plain', by content.

    Something that merely begins like a zip, and whose name promises none, is another kind of file.
    """
    with path.open("rb") as stream:
        head = stream.read(512)
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")) and (promised == "zip" or zipfile.is_zipfile(path)):
        return "zip"
    return "tar" if head[257:262] == b"ustar" else "plain"


def _needs_plain_name(path: Path) -> bool:
    """Whether DuckDB would take the path for a pattern, or can't be given it because it isn't UTF-8."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return True
    return any(mark in str(path) for mark in "*?[")


def _is_tar_gz(path: Path) -> bool:
    with gzip.open(path, "rb") as stream:
        return stream.read(512)[257:262] == b"ustar"


def expand(path: Path, *, source: str, workdir: Path) -> list[Member]:
    """The plain files of a source, in name order for a folder and in stored order for an archive.

    path: a folder (walked, hidden files skipped), a file or an archive; workdir: where archives are unpacked.
    Raises InputError for a missing or unreadable path, damage, nesting, escapes and bombs.
    """
    unpacker = _Unpacker(source=source, label=str(path), workdir=workdir)
    try:
        files = _files(path)
        members = [m for file, name in files for m in unpacker.unpack(file, name, 0)]
    except PermissionError as error:
        raise unpacker.error(0, "can't be read", "no permission", "Grant read access.") from error
    if not members:
        raise unpacker.error(0, "there is nothing to read", "an empty source", "Check the path.")
    return members


def _files(path: Path) -> list[tuple[Path, str]]:
    if path.is_file():
        return [(path, path.name)]
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if p.is_file())
        relative = [(p, p.relative_to(path)) for p in found]
        return [(p, r.as_posix()) for p, r in relative if not any(part.startswith(".") for part in r.parts)]
    where = str(path)
    found_text = "nothing of that name" if not path.exists() else "neither a file nor a folder"
    raise InputError(where=where, what="the source can't be opened", found=found_text, do="Check the path.")
