"""Publish: from the protected build database to the one file that the app and the analysts open.

Person tables keep only the columns the policy names; the declared tables (cubes) are suppressed together. The file is
written beside the others under its fingerprint and swapped in by replacing one pointer, so that a reader sees the old
warehouse or the new one, whole.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import polars as pl

from dashboard.errors import CheckFailed, InputError
from dashboard.privacy.lattice import Family, Roles, suppress
from dashboard.privacy.policy import NESTED
from dashboard.privacy.record import in_words
from dashboard.warehouse import connect, provided
from dashboard.warehouse.catalog import Catalog, Fingerprints, QueryFile, digest, split_list
from dashboard.warehouse.places import NO_PLACES, Places, places_of
from dashboard.warehouse.tables import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboard.privacy.policy import Policy
    from dashboard.warehouse.connect import Connection

KEPT_VERSIONS = 2
# Column types that may hold a day; none may leave under a policy that publishes years.
_DATE_TYPES = ("DATE", "TIMESTAMP", "TIME", "INTERVAL")
_TOP_AGE = 90
_OLDEST = f"select p.person_id from published.person_year as p where p.age_years >= {_TOP_AGE}"
_OPTIONAL_KEYS = ("question", "why", "id", "better", "spec")


@dataclass(frozen=True)
class Context:
    """What publish needs to know of the build, beside its tables.

    withheld: sensitive classes that were left out, in words; provided: more tables for the published file, by name
    (warehouse/provided.py names their columns).
    """

    policy: Policy
    is_synthetic: bool
    through: date | None
    years: tuple[int, ...]
    complete_years: tuple[int, ...]
    reconciliation: pl.DataFrame
    capabilities: pl.DataFrame
    coverage: pl.DataFrame
    withheld: tuple[str, ...] = ()
    provided: dict[str, pl.DataFrame] = field(default_factory=dict)


def fingerprint(catalog: Catalog, prints: Fingerprints, context: Context) -> str:
    """What the published file is: its tables' fingerprints, the headers shown, the policy and the code's version."""
    tables = [f for schema in ("published", "cubes") for f in catalog.of(schema)]
    code = [path.read_text() for path in sorted(Path(__file__).parents[1].glob("privacy/*.py"))]
    return digest(
        *(prints.of(f.full_name) for f in tables),
        *(f.sql for f in catalog.files if f.schema != "panels"),
        context.policy.name,  # its rules are among `code`; the repr of a set differs from process to process
        context.policy.record.to_json() if context.policy.record else "",
        repr(context.withheld),
        *(f"{name} {frame.write_json()}" for name, frame in sorted(context.provided.items())),
        repr((context.is_synthetic, context.through, context.years)),
        context.reconciliation.write_json(),
        context.coverage.write_json(),
        Path(__file__).read_text(),
        *code,
    )


def publish(con: Connection, catalog: Catalog, pointer: Path, name: str, context: Context) -> Path:
    """Write the published file `name` and swap the pointer to it; returns the file's path."""
    folder = pointer.with_name(pointer.name + ".d")
    target, partial = folder / f"{name}.duckdb", folder / f"{name}.duckdb.partial"
    if not target.exists():
        partial.unlink(missing_ok=True)
        partial.with_name(partial.name + ".wal").unlink(missing_ok=True)
        _write(con, catalog, partial, name, context)
        _sync(partial)
        partial.replace(target)
    swap(pointer, target)
    _remove_old(folder, keep=target)
    return target


def swap(pointer: Path, target: Path) -> None:
    """Point `pointer` at `target` in one step."""
    relative = os.path.relpath(target, pointer.parent)
    if pointer.is_symlink() and pointer.readlink() == Path(relative):
        return
    fresh = pointer.with_name(pointer.name + ".new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(relative)
    fresh.replace(pointer)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _remove_old(folder: Path, *, keep: Path) -> None:
    """Keep the newest versions only, and none of another policy, record or withholding: what ended must not lie about.

    Readers of a removed one keep their open file.
    """
    for leftover in folder.glob("*.duckdb.partial*"):
        leftover.unlink()
    versions = [p for p in folder.glob("*.duckdb") if p.stem not in {"build", "vault"} and p != keep]
    newest_first = sorted(versions, key=lambda p: p.stat().st_mtime, reverse=True)
    terms = _terms(keep)
    for place, old in enumerate(newest_first, start=1):
        if place >= KEPT_VERSIONS or _terms(old) != terms:
            old.unlink()


def _terms(version: Path) -> tuple[object, ...]:
    """The policy and the record that a version was published under; nothing where it can't be read."""
    said = "select policy, withheld, (select record from published.policy_record) from published.warehouse"
    try:
        con = connect.open_published(version)
    except InputError:
        return ()
    try:
        return connect.query(con, said).row(0)
    except connect.Error:
        return ()
    finally:
        con.close()


def _write(con: Connection, catalog: Catalog, path: Path, name: str, context: Context) -> None:
    con.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as target")
    path.chmod(0o600)
    try:
        for schema in ("published", "cubes"):
            con.execute(f"create schema target.{schema}")
        places = places_of(con, context.policy)
        for file in catalog.of("published"):
            _write_person_table(con, file, context.policy, places)
        for cube, frame in _safe_cubes(con, catalog.of("cubes"), context.policy, places).items():
            _put(con, f"cubes.{cube}", frame)
        about = _about(catalog, name, context) | {"area_group": places.members} | context.provided
        for table, columns in provided.COLUMNS.items():
            con.execute(f"create table target.published.{table} ({columns})")
            con.register("outgoing_frame", about[table].to_arrow())
            con.execute(f"insert into target.published.{table} by name select * from outgoing_frame")
            con.unregister("outgoing_frame")
        con.execute("checkpoint target")
    finally:
        con.execute("detach target")


def _put(con: Connection, table: str, frame: pl.DataFrame) -> None:
    con.register("outgoing_frame", frame.to_arrow())
    con.execute(f"create table target.{quoted(table)} as select * from outgoing_frame")
    con.unregister("outgoing_frame")


def _write_person_table(con: Connection, file: QueryFile, policy: Policy, places: Places = NO_PLACES) -> None:
    """Copy one published table. Person tables keep only the columns that the policy names (fail closed)."""
    columns = {row[0]: row[1] for row in con.execute(f"describe {quoted(file.full_name)}").fetchall()}
    allowed = policy.columns.get(file.name)
    if allowed is None and "person_id" in columns:
        raise file.error(
            f"no column of this person table is named by the policy '{policy.name}'",
            do="Name the columns that may leave in dashboard/privacy/policy.py",
        )
    kept = {c: kind for c, kind in columns.items() if allowed is None or c in allowed - places.left_out(policy)}
    if not kept:
        return
    dated = [c for c, kind in kept.items() if kind.startswith(_DATE_TYPES)]
    if dated and not policy.is_limited_dataset:
        raise file.error("holds dates, which this policy keeps in the protected zone", found=", ".join(dated))
    order = " order by person_id" if "person_id" in kept else ""
    # A row of a measure says that its person was in the measure's age range in that year: beside an age of 90 or over
    # in another year, that could be the exact age. So who reaches 90 has no such rows (where birth dates stay inside).
    is_open = "age_years" in kept or "person_id" not in kept or policy.is_limited_dataset
    of_age = "" if is_open else f" where t.person_id not in ({_OLDEST})"
    select = ", ".join(_coarse(c, kept, policy, places) for c in kept)
    con.execute(
        f"create table target.{quoted(file.full_name)} as"
        f" select {select} from {quoted(file.full_name)} as t{of_age}{order}"
    )


def _coarse(column: str, kept: dict[str, str], policy: Policy, places: Places) -> str:
    """One column as the policy lets it leave: ages top-coded over all of a person's years, small areas merged."""
    if policy.is_limited_dataset or "person_id" not in kept:
        return f't."{column}"'
    if column in {"age_years", "age_band"}:
        of_person = "over (partition by t.person_id)"
        oldest = _TOP_AGE if column == "age_years" else f"max(t.age_band) {of_person}"
        return f"case when max(t.age_years) {of_person} >= {_TOP_AGE} then {oldest} else t.{column} end as {column}"
    return places.column(column)


def _safe_cubes(con: Connection, files: Sequence[QueryFile], policy: Policy, places: Places) -> dict[str, pl.DataFrame]:
    """Every cube as it may be shown, by name; one whose counts another's bound comes after that."""
    all_roles = {file.name: Roles.from_header(file.header) for file in files}
    exact: dict[str, pl.DataFrame] = {}
    shown: dict[str, pl.DataFrame] = {}
    for file in sorted(files, key=lambda f: all_roles[f.name].within is not None):
        roles = all_roles[file.name]
        exact[file.name] = _exact_cube(con, file, policy, roles, places)
        other = roles.within[0] if roles.within else ""
        if other and other not in shown:
            raise file.error(f"'within' names the cube '{other}'", do="Name another cube that is itself within none")
        within = (exact[other], shown[other]) if other else None
        try:
            safe = suppress(exact[file.name], roles, threshold=policy.threshold, nesting=places.nesting, within=within)
        except CheckFailed as error:
            raise file.error(error.what, found=error.found, do=error.do) from None
        shown[file.name] = safe.sort(*file.grain)
    return shown


def _exact_cube(con: Connection, file: QueryFile, policy: Policy, roles: Roles, places: Places) -> pl.DataFrame:
    """A cube of the dimensions that the policy allows, before anything is hidden; empty where it forbids months.

    In order of its grain: of several cells that could be hidden to protect another, the choice must be the same in
    every build, or who has two builds sees both.
    """
    frame = connect.query(con, f"select * from {quoted(file.full_name)}").sort(*file.grain)
    if not policy.allows_months and any(frame.schema[c].is_temporal() for c in frame.columns):
        return frame.clear()
    if "dimension" not in frame.columns:
        return frame
    hidden = policy.hidden_dimensions | (frozenset(NESTED) if places.is_merged else frozenset())
    allowed = frame.filter(~pl.col("dimension").is_in(list(hidden)))
    return places.merge(allowed, [*roles.counts, *roles.sums], roles.inside, list(file.grain)).sort(*file.grain)


def _about(catalog: Catalog, name: str, context: Context) -> dict[str, pl.DataFrame]:
    """The tables that say what this warehouse is, holding no person."""
    policy = context.policy
    default = max(context.complete_years or context.years, default=None)
    warehouse = pl.DataFrame(
        [
            {
                "fingerprint": name,
                "policy": policy.name,
                "policy_label": policy.label,
                "area_level": policy.area_level,
                "threshold": policy.threshold,
                "is_synthetic": context.is_synthetic,
                "built_at": datetime.now(UTC).replace(microsecond=0, tzinfo=None),
                "data_through": _through(context),
                "default_year": default,
                "years": list(context.years),
                "complete_years": list(context.complete_years),
                "version": version("careparity"),
                "policy_notice": policy.notice,
                "withheld": list(context.withheld),
            }
        ],
        schema_overrides={
            "default_year": pl.Int32,
            "years": pl.List(pl.Int32),
            "complete_years": pl.List(pl.Int32),
            "withheld": pl.List(pl.String),
        },
    )
    queries = [
        {
            "schema_name": f.schema,
            "name": f.name,
            "path": f.shown_path,
            "title": f.header["title"],
            "question": f.header.get("question"),
            "why": f.header.get("why"),
            "id": f.header.get("id"),
            "better": f.header.get("better"),
            "spec": f.header.get("spec"),
            "header": orjson.dumps(f.header).decode(),
            "sql": f.sql,
        }
        for f in catalog.files
        if f.schema not in {"panels", "staging"}
    ]
    query = pl.DataFrame(
        queries, schema_overrides=dict.fromkeys(("question", "why", "id", "better", "spec"), pl.String)
    )
    return {
        "warehouse": warehouse,
        "policy_record": pl.DataFrame(
            {"record": [policy.record.to_json()] if policy.record else []}, schema={"record": pl.String}
        ),
        "query": query,
        "source": _safe_source(context.reconciliation, policy),
        "capability": context.capabilities,
        "valueset": _value_sets(catalog, context.coverage),
    }


def _value_sets(catalog: Catalog, coverage: pl.DataFrame) -> pl.DataFrame:
    """Which value sets each measure rests on, also through its blocks, and how each is filled."""
    rows = [
        {"measure_id": measure.header["id"], "name": name}
        for measure in catalog.of("measures")
        for name in sorted(_named_by(catalog, measure))
    ]
    named = pl.DataFrame(rows, schema={"measure_id": pl.String, "name": pl.String})
    return named.join(coverage, on="name").select("measure_id", "name", "status", "codes").sort("measure_id", "name")


def _named_by(catalog: Catalog, file: QueryFile) -> set[str]:
    below = [catalog.tables[name] for name in file.reads if name.startswith("blocks.")]
    own = set(split_list(file.header.get("valuesets", ""), ";"))
    return own.union(*(_named_by(catalog, each) for each in below))


def _safe_source(reconciliation: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Rows by format and type; a type with a small count shows none of its counts.

    How many files hold a type stays inside: where each file is a person's, that is a count of people.
    """
    parts = ("loaded", "duplicate", "rejected", "ignored")
    keys = ["source", "format", "type"]
    by_type = reconciliation.group_by(keys).agg(pl.col(c).sum() for c in ("read", *parts))
    roles = Roles((), tuple(keys), (Family("read", (), parts),), {})
    return suppress(by_type.sort(keys), roles, threshold=policy.threshold)


def _through(context: Context) -> str | None:
    """How far the data go, as finely as the policy lets a date be known."""
    if context.through is None:
        return None
    if context.policy.is_limited_dataset:
        return in_words(context.through)
    return f"{context.through:%B %Y}" if context.policy.allows_months else f"{context.through:%Y}"
