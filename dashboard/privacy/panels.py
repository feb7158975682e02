"""Panels: the SQL behind each page, read from the published warehouse and passed through the gate.

The SQL file is read each time it changes, so an edited panel shows on the page's next run.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import polars as pl

from dashboard.errors import InputError, UsageError
from dashboard.privacy import policy as policies
from dashboard.privacy.lattice import Roles
from dashboard.privacy.record import PolicyRecord
from dashboard.privacy.release import Provenance, Released, release
from dashboard.warehouse import catalog, connect, tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dashboard.privacy.policy import Policy
    from dashboard.warehouse.catalog import QueryFile
    from dashboard.warehouse.connect import Connection

Filter = str | int | list[str] | list[int]

_LOCK = Lock()
_CONNECTIONS: dict[Path, Connection] = {}
_FILES: dict[Path, tuple[int, QueryFile]] = {}


def panel(warehouse: Path, name: str, filters: Mapping[str, Filter] | None = None) -> Released:
    """The panel `page/name` of a published warehouse, filtered, as released numbers.

    filters: column → value or values; only columns that the panel's header names under `filters:`.
    Raises InputError without a warehouse, CheckFailed for a panel that doesn't read, UsageError for another filter.
    """
    file = panel_file(name)
    roles = Roles.from_header(file.header)
    con = _connection(warehouse)
    policy = check_in_force(warehouse)
    info = connect.query(con, "select fingerprint, built_at, withheld from published.warehouse").row(0, named=True)
    frame = _filtered(_read(con, file), roles, filters or {}, file)
    on_lattice = not any(name in file.reads for name in (f"published.{table}" for table in policy.columns))
    provenance = Provenance(
        policy=policy.label,
        warehouse=info["fingerprint"],
        definition=file.shown_path,
        filters=tuple(sorted((k, _shown(v)) for k, v in (filters or {}).items())),
        rule="",
        hidden_cells=0,
        built_at=f"{info['built_at']:%Y-%m-%d %H:%M} UTC",
        sql=file.sql,
        question=file.header.get("question", ""),
        notice=policy.notice,
        expires=policy.record.expires if policy.record else None,
        withheld=", ".join(info["withheld"] or []),
    )
    return release(frame, roles, policy, provenance, on_lattice=on_lattice)


def check_in_force(warehouse: Path) -> Policy:
    """The policy of the published warehouse, as its file says; looked at anew each time, for a record expires.

    Raises InputError without a warehouse, RefusedError when its record is missing, expired or not yet valid.
    """
    name, record, is_synthetic = _said(warehouse.resolve())
    return policies.published(name, record, is_synthetic=is_synthetic)


@lru_cache(maxsize=8)
def _said(version: Path) -> tuple[str, PolicyRecord | None, bool]:
    """What the published file says of its policy; it never changes, so it is read once a version."""
    said = (
        "select policy, is_synthetic, (select record from published.policy_record) as record from published.warehouse"
    )
    try:
        info = connect.query(_connection(version), said).row(0, named=True)
    except connect.Error:
        raise InputError(
            where="warehouse", what="was made by another version of the program", do="Run `careparity build` again"
        ) from None
    return info["policy"], PolicyRecord.from_json(info["record"]) if info["record"] else None, info["is_synthetic"]


def panel_file(name: str) -> QueryFile:
    """The panel's checked SQL file, read anew when it has changed on disk."""
    root = catalog.queries_root()
    path = root / "panels" / f"{name}.sql"
    try:
        stamp = path.stat().st_mtime_ns
    except FileNotFoundError:
        raise UsageError(where=f"queries/panels/{name}.sql", what="no such panel") from None
    if path not in _FILES or _FILES[path][0] != stamp:
        _FILES[path] = (stamp, catalog.read_file(path, root))
    return _FILES[path][1]


def _connection(warehouse: Path) -> Connection:
    """A cursor on the version that the pointer names now; connections to versions no longer used are closed."""
    target = warehouse.resolve()
    with _LOCK:
        if target not in _CONNECTIONS:
            for old in [path for path in _CONNECTIONS if path.parent == target.parent]:
                _CONNECTIONS.pop(old).close()
            _CONNECTIONS[target] = connect.open_published(warehouse)
        return _CONNECTIONS[target].cursor()


def _read(con: Connection, file: QueryFile) -> pl.DataFrame:
    try:
        return connect.query(con, file.body)
    except connect.Error as error:
        raise tables.sql_error(file, error) from None


def _filtered(frame: pl.DataFrame, roles: Roles, filters: Mapping[str, Filter], file: QueryFile) -> pl.DataFrame:
    for column, value in filters.items():
        if column not in roles.filters:
            raise UsageError(
                where=file.shown_path, what=f"can't be filtered by '{column}'", do=f"Use: {', '.join(roles.filters)}"
            )
        values = value if isinstance(value, list) else [value]
        frame = frame.filter(pl.col(column).is_in(values))
    return frame


def _shown(value: Filter) -> str:
    return ", ".join(str(v) for v in value) if isinstance(value, list) else str(value)
