"""Tells NDJSON from JSON documents, and explodes documents into one NDJSON file per resource type.

A document is a Bundle (of any type) or a single resource, on one line or many. Large Bundles are walked entry by
entry, so memory holds one entry at a time. Only the top-level elements that the reader asks for are written out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
import orjson

from dashboard.sources.fhir_r4.decode import Field
from dashboard.sources.fhir_r4.resource_types import NO_TYPE, type_of
from dashboard.sources.fhir_r4.resources import FILE_KEY, PROVENANCE, RESOURCES, ROW_KEY, URL_KEY
from dashboard.sources.model import Member

HEAD_BYTES = 64 << 20
SMALL_DOCUMENT = 64 << 20
CHUNK = 4 << 20
COUNT_BLOCK = 256 << 10  # stays in the processor's cache
BOM = b"\xef\xbb\xbf"


def _top_level(fields: tuple[Field, ...]) -> frozenset[str]:
    return frozenset(path.split(".")[0].removesuffix("[]") for one in fields for path, _ in one.leaves)


_KEPT = {name: _top_level((*PROVENANCE, *resource.fields)) for name, resource in RESOURCES.items()}


class NotJson(Exception):  # noqa: N818 - a signal inside this package, never shown
    """The document isn't JSON."""


def record_types(path: Path) -> set[str] | None:
    """The resource types (`type_of`) of a file's first records if it is NDJSON; None if it isn't.

    The first lines decide, and one broken line among them doesn't make a document of it.
    """
    types: set[str] = set()
    with path.open("rb") as stream:
        for _ in range(10):
            line = stream.readline(HEAD_BYTES).removeprefix(BOM).strip()
            if line:
                record = _parse(line)
                if isinstance(record, dict):
                    types.add(type_of(record))
    return types or None


def has_mark(path: Path) -> bool:
    """Whether a file begins with a byte order mark."""
    with path.open("rb") as stream:
        return stream.read(len(BOM)) == BOM


def is_blank(path: Path) -> bool:
    """Whether a file holds nothing but white space."""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            if chunk.removeprefix(BOM).strip():
                return False
    return True


def _parse(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def count_records(path: Path) -> int:
    """Lines that hold something: an independent count to hold the reader's against."""
    block = bytearray(b"\n" + bytes(COUNT_BLOCK))  # its first byte is the last of the block before
    lines = 0
    with path.open("rb", buffering=0) as stream:
        while size := stream.readinto(memoryview(block)[1:]):
            found, may_be_blank = _line_ends(np.frombuffer(block, dtype=np.uint8, count=size + 1))
            if may_be_blank:
                break
            lines += found
            block[0] = block[size]
        else:
            if block[0] not in b" \t\r":
                return lines + (block[0] != ord("\n"))
    with path.open("rb") as stream:
        return sum(1 for line in stream if line.strip())


def _line_ends(data: np.ndarray) -> tuple[int, bool]:
    """Line ends after the first byte, and whether a line may be blank. (numpy: Python's own search is slower.)"""
    ends = np.flatnonzero(data[1:] == ord("\n"))
    returns = ends[data[ends] == ord("\r")]
    if len(returns) and returns[0] == 0:
        return len(ends), True  # what stands before the carriage return lies in the block before
    before = np.concatenate((data[ends], data[returns - 1]))
    return len(ends), bool(np.isin(before, (ord("\n"), ord(" "), ord("\t"))).any())


@dataclass
class Exploder:
    """Writes resources of every used type to `<workdir>/<Type>.ndjson`, tagged with their file and position."""

    workdir: Path
    read: Counter[tuple[int, str]] = field(default_factory=Counter)
    rejected: list[tuple[int, int, str, str]] = field(default_factory=list)
    _files: dict[str, IO[bytes]] = field(default_factory=dict)

    def add(self, member: Member, *, lines: bool) -> None:
        """Explode one file: a document, or lines that are resources of several types, Bundles, or neither.

        Raises NotJson when a document can't be parsed; a line that can't be is a rejected row.
        """
        entries = _lines(member.path) if lines else _entries(member.path)
        for position, entry in enumerate(entries, 1):
            if entry is None:
                self.read[member.ordinal, NO_TYPE] += 1
                self.rejected.append((member.ordinal, position, NO_TYPE, "not valid JSON"))
            else:
                self._write(member.ordinal, position, entry)

    def _write(self, file: int, position: int, entry: dict[str, Any]) -> None:
        resource = entry.get("resource")
        if not isinstance(resource, dict):
            return self._count(file, "entry without resource")
        kind = type_of(resource)
        if kind == "Bundle":
            for inner in resource.get("entry") or []:
                if isinstance(inner, dict):
                    self._write(file, position, inner)
            return None
        self._count(file, kind)
        kept = _KEPT.get(kind)
        if kept is not None:
            url = entry.get("fullUrl")
            slim = {key: value for key, value in resource.items() if key in kept}
            if "id" not in slim and isinstance(url, str) and url.startswith("urn:"):
                slim["id"] = url.rsplit(":", 1)[-1]
            slim |= {FILE_KEY: file, ROW_KEY: position, URL_KEY: url}
            self._file(kind).write(orjson.dumps(slim, option=orjson.OPT_APPEND_NEWLINE))
        return None

    def _count(self, file: int, kind: str) -> None:
        self.read[file, kind] += 1

    def _file(self, kind: str) -> IO[bytes]:
        if kind not in self._files:
            self.workdir.mkdir(parents=True, exist_ok=True)
            self._files[kind] = (self.workdir / f"{kind}.ndjson").open("wb")
        return self._files[kind]

    def finish(self) -> dict[str, Path]:
        """Close the files and say where each type lies."""
        for stream in self._files.values():
            stream.close()
        return {kind: self.workdir / f"{kind}.ndjson" for kind in self._files}


def _lines(path: Path) -> Iterator[dict[str, Any] | None]:
    """Each line as an entry; None for one that isn't a JSON object."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream):
            content = (line.removeprefix(BOM) if number == 0 else line).strip()
            if content:
                record = _parse(content)
                yield {"resource": record} if isinstance(record, dict) else None


def _entries(path: Path) -> Iterator[dict[str, Any]]:
    """The entries of a document; a single resource is one entry."""
    if path.stat().st_size > SMALL_DOCUMENT:
        yield from _LargeDocument(path).entries()
        return
    document = _parse(path.read_bytes().removeprefix(BOM))
    if document is None:
        raise NotJson
    if isinstance(document, dict) and document.get("resourceType") == "Bundle":
        yield from (entry for entry in document.get("entry") or [] if isinstance(entry, dict))
    else:
        yield {"resource": document if isinstance(document, dict) else {}}


class _LargeDocument:
    """Walks a JSON object too large to hold: its `entry` list one item at a time, other members one by one."""

    def __init__(self, path: Path) -> None:
        self._path, self._text, self._at = path, "", 0
        self._decoder = json.JSONDecoder()

    def entries(self) -> Iterator[dict[str, Any]]:
        """Each entry of a Bundle; the whole object as one entry when it is no Bundle. Raises NotJson."""
        with self._path.open("r", encoding="utf-8-sig") as self._stream:
            self._expect("{")
            document: dict[str, Any] = {}
            while not self._next_is("}"):
                key = self._value()
                self._expect(":")
                if key == "entry" and self._next_is("["):
                    yield from self._items()
                else:
                    document[key] = self._value()
                self._next_is(",")
            if document.get("resourceType") != "Bundle":
                yield {"resource": document}

    def _items(self) -> Iterator[dict[str, Any]]:
        while not self._next_is("]"):
            item = self._value()
            if isinstance(item, dict):
                yield item
            self._next_is(",")

    def _value(self) -> Any:
        """The next JSON value, reading on until it is whole."""
        while True:
            self._skip_space()
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                if not self._more():
                    raise NotJson from None
                continue
            if end == len(self._text) and self._more():
                continue  # a number might go on in the next chunk
            self._at = end
            return value

    def _next_is(self, mark: str) -> bool:
        self._skip_space()
        if self._text[self._at : self._at + 1] != mark:
            return False
        self._at += 1
        return True

    def _expect(self, mark: str) -> None:
        if not self._next_is(mark):
            raise NotJson

    def _skip_space(self) -> None:
        while True:
            while self._at < len(self._text) and self._text[self._at].isspace():
                self._at += 1
            if self._at < len(self._text) or not self._more():
                return

    def _more(self) -> bool:
        """Read on, doubling, so that a large entry isn't parsed many times over."""
        rest = self._text[self._at :]
        chunk = self._stream.read(max(CHUNK, len(rest)))
        self._text, self._at = rest + chunk, 0
        return bool(chunk)
