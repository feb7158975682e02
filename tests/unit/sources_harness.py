"""What the tests of sources share: load some files into memory and look at the result."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from dashboard import sources
from dashboard.sources.common_model import TABLES
from dashboard.warehouse import connect, reference

STAGING = Path(__file__).parents[2] / "queries" / "staging"


@dataclass
class Loaded:
    """A build database after `sources.load`, with staging views on demand."""

    con: Any
    rows: list[sources.Reconciliation]
    rejects: list[str]
    notes: list[str] = field(default_factory=list)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        return self.con.execute(sql).fetchall()

    def counts(self) -> dict[str, tuple[int, int, int, int, int]]:
        """type → (read, loaded, duplicate, rejected, ignored) over all files."""
        result: dict[str, list[int]] = {}
        for row in self.rows:
            total = result.setdefault(row.type, [0] * 5)
            for i, part in enumerate((row.read, row.loaded, row.duplicate, row.rejected, row.ignored)):
                total[i] += part
        return {kind: tuple(total) for kind, total in result.items()}  # type: ignore[misc]

    def stage(self) -> Loaded:
        """Make the staging views as the build does."""
        self.con.execute("create schema if not exists staging")
        self.con.execute("create schema if not exists reference")
        if not self.query("select 1 from duckdb_tables() where schema_name = 'reference' limit 1"):
            reference.create_empty(self.con)
        for table, columns in TABLES.items():
            casts = ", ".join(f'cast("{c.name}" as {c.type}) as "{c.name}"' for c in columns)
            parts = [f"select {casts} from ({path.read_text()})" for path in sorted(STAGING.glob(f"*/{table}.sql"))]
            if parts:
                self.con.execute(f"create or replace view staging.{table} as {' union all '.join(parts)}")
        return self


def load(tmp_path: Path, *paths: Path, forced_format: str | None = None) -> Loaded:
    con, rejects, notes = connect.memory(), tmp_path / "rejects.csv", []
    rows = sources.load(
        con,
        list(paths),
        forced_format=forced_format,
        workdir=tmp_path / "work",
        rejects_path=rejects,
        on_progress=lambda what, done, total: None,
        notes=notes,
    )
    lines = rejects.read_text().splitlines()[1:] if rejects.exists() else []
    return Loaded(con, rows, lines, notes)


def ndjson(path: Path, *resources: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(orjson.dumps(r) + b"\n" for r in resources))
    return path


def bundle(path: Path, *resources: dict[str, Any], kind: str = "collection", urls: bool = False) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = [{"resource": r} | ({"fullUrl": f"urn:uuid:{r['id']}"} if urls else {}) for r in resources]
    document = {"resourceType": "Bundle", "type": kind, "entry": entries}
    path.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))
    return path


def concept(code: str, system: str = "http://snomed.info/sct") -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": "not read"}]}


def patient(identity: str = "p1", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": identity, "gender": "female", "birthDate": "1960-02-29"} | more


def encounter(identity: str = "e1", subject: str = "Patient/p1", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": identity,
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": subject},
        "period": {"start": "2025-12-31T23:30:00-05:00", "end": "2026-01-01T00:15:00-05:00"},
    } | more


def observation(identity: str = "o1", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": identity,
        "status": "final",
        "code": concept("4548-4", "http://loinc.org"),
        "subject": {"reference": "Patient/p1"},
    } | more
