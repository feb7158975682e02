"""Connections: the only place that opens DuckDB, so that every one is bounded, private and locked.

Protected connections (`build`, `memory`) may read files the caller names; published ones see one file, read-only,
with no way to reach the file system, the network or other settings.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import duckdb
import polars as pl

from dashboard.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

Connection: TypeAlias = duckdb.DuckDBPyConnection
Error = duckdb.Error

DEFAULT_MEMORY = "1500MB"


def _literal(value: str | Path) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def memory(*, threads: int = 2, memory_limit: str = DEFAULT_MEMORY, temp_directory: Path | None = None) -> Connection:
    """A private in-memory database with bounded threads and memory; spills only where told to."""
    return _bounded(duckdb.connect(":memory:"), threads, memory_limit, temp_directory)


def build(
    path: Path, *, threads: int = 2, memory_limit: str = DEFAULT_MEMORY, temp_directory: Path | None = None
) -> Connection:
    """The protected build database at `path`, created with mode 0600 when new.

    Raises UsageError when another build holds it or the disk is full.
    """
    try:
        con = duckdb.connect(str(path))
    except duckdb.IOException as error:
        raise _open_error(path, error) from None
    path.chmod(0o600)
    return _bounded(con, threads, memory_limit, temp_directory)


def open_published(path: Path) -> Connection:
    """The published warehouse behind the pointer `path`: read-only, locked, one file and nothing else.

    The pointer is resolved first: reconnecting to a *replaced* file under one path while an older connection lives
    would return the old data. Raises InputError when there is no warehouse or it isn't one.
    """
    target = path.resolve()
    if not target.is_file():
        raise InputError(where=str(path), what="no warehouse here", do="Run `careparity build` first")
    try:
        con = duckdb.connect(str(target), read_only=True)
    except duckdb.Error:
        raise InputError(
            where=str(path), what="not a CareParity warehouse", do="Run `careparity build` again"
        ) from None
    # DuckDB shares one database among a process's connections to one file: a second one finds it locked already.
    if con.execute("select current_setting('lock_configuration')").fetchall() == [(True,)]:
        return con
    con.execute("SET threads=2")
    con.execute("SET memory_limit='1GB'")
    con.execute("SET autoinstall_known_extensions=false")
    con.execute("SET autoload_known_extensions=false")
    con.execute("SET enable_external_access=false")
    con.execute("SET lock_configuration=true")
    return con


def query(con: Connection, sql: str, parameters: Sequence[object] = ()) -> pl.DataFrame:
    """Run one SELECT and return it as a Polars frame (empty frames keep their columns)."""
    con.abort()  # a result of which only the first row was fetched would still be open
    frame = con.sql(sql, params=list(parameters)).pl()
    return frame


def _bounded(con: Connection, threads: int, memory_limit: str, temp_directory: Path | None) -> Connection:
    con.execute(f"SET threads={int(threads)}")
    try:
        con.execute(f"SET memory_limit={_literal(memory_limit)}")
    except duckdb.Error:
        con.close()
        raise UsageError(
            where="--memory", what="is not an amount of memory", found=repr(memory_limit), do="Write it like 1500MB"
        ) from None
    con.execute("SET autoinstall_known_extensions=false")
    con.execute("SET autoload_known_extensions=false")
    con.execute("SET preserve_insertion_order=false")
    con.execute("SET enable_progress_bar=false")
    if temp_directory is not None:
        temp_directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        con.execute(f"SET temp_directory={_literal(temp_directory)}")
    return con


def _open_error(path: Path, error: duckdb.Error) -> UsageError:
    text = str(error)
    if "lock" in text.lower():
        return UsageError(
            where=str(path), what="another build is using this warehouse", do="Wait for it to end, then try again"
        )
    if "No space" in text:
        return UsageError(where=str(path), what="the disk is full", do="Free some space, then try again")
    return UsageError(
        where=str(path), what="the database can't be opened", do="Check its rights; if it is damaged, restore it"
    )
