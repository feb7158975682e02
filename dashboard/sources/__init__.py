"""Reads what people deliver into `raw.*`, accounting for every row.

A source is a folder, a file or an archive, and may hold several formats. Each module here that has a NAME is a
format: this folder is the registry. `load` is all that a build needs; `fingerprint` says whether it has to.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import re
import shutil
from collections.abc import MutableMapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from dashboard.errors import InputError, UsageError
from dashboard.sources.archive import expand
from dashboard.sources.capability import capabilities
from dashboard.sources.model import (
    Connection,
    ForeignFileError,
    Format,
    LoadContext,
    Member,
    Progress,
    Reconciliation,
    Rejects,
)

__all__ = ["Reconciliation", "by_name", "capabilities", "contents", "create", "fingerprint", "formats", "load"]

UNRECOGNISED = "unrecognised"
_NAME = re.compile(r"[a-z0-9_-]{1,40}")


def formats() -> dict[str, Format]:
    """The formats that can be read, by name."""
    found = (importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__))
    return {module.NAME: cast(Format, module) for module in found if hasattr(module, "NAME")}


def create(con: Connection) -> None:
    """Create every raw table of every format, and `raw.data_source`, empty.

    raw.data_source says where each data source came from: data_source, source (s1, s2 … or the name given), format,
    position (of the source in the order given, from 1). raw.coarse_date counts the dates that name no day, by data
    source, table, column, subject (person, enrolment or care) and precision (year or month).
    """
    for module in formats().values():
        module.create(con)
    con.execute(
        "create or replace table raw.data_source"
        " (data_source VARCHAR, source VARCHAR, format VARCHAR, position INTEGER)"
    )
    con.execute(
        "create or replace table raw.coarse_date (data_source VARCHAR, table_name VARCHAR, column_name VARCHAR,"
        " subject VARCHAR, date_precision VARCHAR, row_count BIGINT)"
    )


def by_name(paths: Sequence[Path], names: Sequence[str | None] = ()) -> dict[str, list[Path]]:
    """Paths by the name of their source, in the order of first mention: the name given, else s1, s2 … by position.

    Two paths of one name are one source, such as a month and the next. Raises UsageError for a name of other
    characters, and where an unnamed source would get a name that was given to another.

    >>> by_name([Path("jan"), Path("lab"), Path("feb")], ["plan", None, "plan"])
    {'plan': [PosixPath('jan'), PosixPath('feb')], 's2': [PosixPath('lab')]}
    """
    given = [*names, *[None] * (len(paths) - len(names))]
    found: dict[str, list[Path]] = {}
    for position, (path, name) in enumerate(zip(paths, given, strict=True), 1):
        if name is not None and not _NAME.fullmatch(name):
            raise UsageError(
                where="--source NAME=PATH", what="a source's name has other characters than a-z, 0-9, _ and -",
                found=f"in source {position}", do="Rename it; 40 characters at most.",
            )  # fmt: skip
        if name is None and f"s{position}" in given:
            raise UsageError(
                where="--source", what=f"source {position} has no name, and s{position} is another's",
                do="Name every source.",
            )  # fmt: skip
        found.setdefault(name or f"s{position}", []).append(path)
    return found


def fingerprint(paths: Sequence[Path], cache: MutableMapping[str, str]) -> str:
    """A digest of everything that the sources contain, in the order given.

    cache: path, size and modification time → digest of the content; kept by the caller between builds, so that an
    unchanged file isn't read again. Raises InputError for a path that can't be read.
    """
    digest = hashlib.blake2b(digest_size=16)
    for source in paths:
        for file, name in _files_of(source):
            digest.update(f"{name}\0{_content_digest(source, file, cache)}\0".encode(errors="surrogateescape"))
        digest.update(b"\1")
    return digest.hexdigest()


def contents(source: Path, cache: MutableMapping[str, str]) -> tuple[str, ...]:
    """Digests of what each file of a source contains, whatever the files are called; cache as for `fingerprint`."""
    return tuple(sorted(_content_digest(source, file, cache) for file, _ in _files_of(source)))


def _files_of(source: Path) -> list[tuple[Path, str]]:
    """Files of a source and their names in it, in order of name. Raises InputError for what is no file or folder."""
    if not (source.is_file() or source.is_dir()):  # a pipe would be waited for without end
        raise InputError(where=str(source), what="is neither a file nor a folder", do="Check the path.")
    files = sorted(p for p in source.rglob("*") if p.is_file()) if source.is_dir() else [source]
    return [(file, file.relative_to(source).as_posix() if source.is_dir() else file.name) for file in files]


def _content_digest(source: Path | str, file: Path, cache: MutableMapping[str, str]) -> str:
    try:
        status = file.stat()
        shown = str(file.resolve()).encode(errors="backslashreplace").decode()  # a name needn't be UTF-8
        key = f"{shown}|{status.st_size}|{status.st_mtime_ns}"
        if key not in cache:
            with file.open("rb") as stream:
                cache[key] = hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    except OSError as error:
        raise InputError(
            where=str(source), what="the source can't be read", found=type(error).__name__, do="Check the path."
        ) from error
    return cache[key]


def load(
    con: Connection,
    paths: Sequence[Path],
    *,
    names: Sequence[str | None] = (),
    forced_format: str | None,
    workdir: Path,
    rejects_path: Path,
    on_progress: Progress,
    notes: list[str] | None = None,
    cache: MutableMapping[str, str] | None = None,
    fed: dict[tuple[str, str], list[str]] | None = None,
) -> list[Reconciliation]:
    """Create every raw table of every format and fill them from the sources in the order given.

    con: writable connection; names: see `by_name`, files of one name are numbered on; forced_format: take every file
    for this format (None: by content); workdir: private folder for unpacked files, emptied again; rejects_path: CSV,
    made only when a row is rejected; notes: gets what the user should know once, such as columns that were ignored.
    Some raw tables are views on Parquet files of the sources themselves, so those must stay where they are while the
    build runs.
    cache: as for `fingerprint`; fed: gets, by (format, type), what was read into raw.<format>_<type>: for each file
    that holds the type, its data source and a digest of its content. Formats whose types don't stand alone aren't in
    it.
    Returns one row per source, file and type, each balanced. Raises InputError or UsageError; the raw tables are then
    unfinished.
    """
    known = formats()
    if forced_format is not None and forced_format not in known:
        raise UsageError(
            where="--format", what=f"there is no format {forced_format!r}", do=f"Use one of: {', '.join(known)}"
        )
    create(con)
    rejects, rows = Rejects(rejects_path), []
    try:
        for position, (source, own) in enumerate(by_name(paths, names).items(), 1):
            label = ", ".join(map(str, own))
            context = LoadContext(con, source, label, workdir / source, rejects, on_progress,
                                  notes if notes is not None else [], position=position, is_named=source in names,
                                  digests={} if cache is None else cache, fed={} if fed is None else fed)  # fmt: skip
            rows += _load_source(context, own, known, forced_format)
    finally:
        rejects.close()
    for row in rows:
        row.check()
    _refuse_nothing(rows, paths)
    return rows


def _refuse_nothing(rows: list[Reconciliation], paths: Sequence[Path]) -> None:
    """Raise InputError when no row of any source was loaded: an empty warehouse must not replace one with people."""
    if any(row.loaded for row in rows):
        return
    read, rejected, ignored = (sum(getattr(row, kind) for row in rows) for kind in ("read", "rejected", "ignored"))
    raise InputError(
        where=", ".join(map(str, paths)),
        what="no row could be loaded",
        found=f"{read:,} read, {rejected:,} rejected, {ignored:,} of kinds that aren't used",
        do="Check that this is the export you meant.",
    )


def _load_source(
    context: LoadContext, paths: list[Path], known: dict[str, Format], forced_format: str | None
) -> list[Reconciliation]:
    context.workdir.mkdir(parents=True, exist_ok=True, mode=0o700)
    context.on_progress("unpack", 0, 0)
    members = _members(context, paths)
    claimed = _classify(context, members, known, forced_format)
    rows = [Reconciliation(context.source, "", m.ordinal, UNRECOGNISED, read=1, ignored=1) for m in claimed.pop("", [])]
    if not claimed:
        raise InputError(
            where=context.label,
            what="no file of a known format was found",
            found=f"{len(members)} files of other kinds",
            do=f"Give a source in one of these formats: {', '.join(known)}.",
        )
    is_taken = False
    for name in sorted(claimed):
        # A second format's people get a data source of their own, because identifiers may coincide. The first is the
        # first by name that has any row: neither the order of files nor a stray file changes who is who.
        own = replace(context, data_sources=set(), data_source=f"{context.source}.{name}" if is_taken else "")
        found = known[name].load(own, claimed[name])
        if any(row.loaded for row in found):
            _record_data_sources(own, name)
            is_taken = True
        if getattr(known[name], "TYPES_STAND_ALONE", False):
            _record_files(own, name, claimed[name], found)
        rows += found
    shutil.rmtree(context.workdir)  # nothing that was unpacked outlives the load: it may hold anything
    return rows


def _members(context: LoadContext, paths: list[Path]) -> list[Member]:
    """The files of all paths of a source, numbered through."""
    members: list[Member] = []
    for number, path in enumerate(paths, 1):
        found = expand(path, source=context.source, workdir=context.workdir / f"unpacked{number}")
        members += [replace(member, ordinal=member.ordinal + len(members)) for member in found]
    return members


def _record_data_sources(context: LoadContext, format_name: str) -> None:
    """Note where data sources came from.

    Raises InputError where another source delivers one of them too: its people would be counted twice, or two people
    of one number taken for one.
    """
    for data_source in sorted(context.data_sources or {context.data_source}):
        row = [data_source, context.source, format_name, context.position]
        known = context.con.execute("select position from raw.data_source where data_source = $1", row[:1]).fetchall()
        if known:
            raise InputError(
                where=f"{context.label} (source {context.source})",
                what="its rows name a data source that another source holds too",
                found=f"in sources {known[0][0]} and {context.position}",
                do="Give both one name (--source NAME=PATH) if they are deliveries of one source, else a name each.",
            )
        context.con.execute("insert into raw.data_source select $1, $2, $3, $4", row)


def _record_files(context: LoadContext, format_name: str, files: list[Member], rows: list[Reconciliation]) -> None:
    """Note which files' content each type was read from."""
    by_ordinal = {member.ordinal: member.path for member in files}
    for row in rows:
        file = by_ordinal[row.file]
        cache = (
            {} if file.is_relative_to(context.workdir) else context.digests
        )  # what was unpacked won't be there again
        content = _content_digest(context.label, file, cache)
        context.fed.setdefault((format_name, row.type), []).append(f"{context.data_source} {content}")


def _classify(
    context: LoadContext, members: list[Member], known: dict[str, Format], forced_format: str | None
) -> dict[str, list[Member]]:
    """Files by format name; '' for those that are no format's.

    Raises InputError for damaged data, and for a file of another kind than its name promises where the format was
    forced or no file is recognised.
    """
    candidates = {forced_format: known[forced_format]} if forced_format else known
    claimed: dict[str, list[Member]] = {}
    foreign: list[InputError] = []
    for member in members:
        where = f"{context.label} (source {context.source}, file {member.ordinal})"
        name, error = _format_of(member, candidates, where)
        if error is not None:
            if forced_format:
                raise error
            foreign.append(error)
            context.notes.append(f"{context.source}: file {member.ordinal} isn't read: {error.what} ({error.found})")
        claimed.setdefault(name, []).append(member)
    if foreign and not any(claimed):
        raise foreign[0]
    return claimed


def _format_of(member: Member, candidates: dict[str, Format], where: str) -> tuple[str, InputError | None]:
    """The first format that takes the file, or '' and why one that its name promises doesn't.

    Raises InputError for damaged data.
    """
    foreign = None
    for name, module in candidates.items():
        try:
            if module.detect(member):
                return name, None
        except InputError as error:
            placed = InputError(where=where, what=error.what, found=error.found, do=error.do)
            if not isinstance(error, ForeignFileError):
                raise placed from None
            foreign = foreign or placed
    return "", foreign
