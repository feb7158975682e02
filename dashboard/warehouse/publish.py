"""Publish: from the protected build database to the one file that the app and the analysts open.

Person tables keep only the columns the policy names; the declared tables (cubes) are suppressed together. The file is
written beside the others under its fingerprint and swapped in by replacing one pointer, so that a reader sees the old
warehouse or the new one, whole.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import polars as pl

from dashboard.errors import CheckFailed
from dashboard.privacy.lattice import Family, Nesting, Roles, suppress
from dashboard.warehouse import connect
from dashboard.warehouse.catalog import Catalog, Fingerprints, QueryFile, digest, split_list
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
    """What publish needs to know of the build, beside its tables."""

    policy: Policy
    is_synthetic: bool
    through: date | None
    years: tuple[int, ...]
    complete_years: tuple[int, ...]
    reconciliation: pl.DataFrame
    capabilities: pl.DataFrame
    coverage: pl.DataFrame


def fingerprint(catalog: Catalog, prints: Fingerprints, context: Context) -> str:
    """What the published file is: its tables' fingerprints, the headers shown, the policy and the code's version."""
    tables = [f for schema in ("published", "cubes") for f in catalog.of(schema)]
    code = [path.read_text() for path in sorted(Path(__file__).parents[1].glob("privacy/*.py"))]
    return digest(
        *(prints.of(f.full_name) for f in tables),
        *(f.sql for f in catalog.files if f.schema != "panels"),
        context.policy.name,  # its rules are among `code`; the repr of a set differs from process to process
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
    """Keep the newest versions only; readers of a removed one keep their open file."""
    for leftover in folder.glob("*.duckdb.partial*"):
        leftover.unlink()
    versions = [p for p in folder.glob("*.duckdb") if p.stem not in {"build", "vault"} and p != keep]
    for old in sorted(versions, key=lambda p: p.stat().st_mtime, reverse=True)[KEPT_VERSIONS - 1 :]:
        old.unlink()


def _write(con: Connection, catalog: Catalog, path: Path, name: str, context: Context) -> None:
    con.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as target")
    path.chmod(0o600)
    try:
        for schema in ("published", "cubes"):
            con.execute(f"create schema target.{schema}")
        for file in catalog.of("published"):
            _write_person_table(con, file, context.policy)
        nesting = _nesting(con, context.policy)
        for cube, frame in _safe_cubes(con, catalog.of("cubes"), context.policy, nesting).items():
            _put(con, f"cubes.{cube}", frame)
        for table, frame in _about(catalog, name, context).items():
            _put(con, f"published.{table}", frame)
        con.execute("checkpoint target")
    finally:
        con.execute("detach target")


def _put(con: Connection, table: str, frame: pl.DataFrame) -> None:
    con.register("outgoing_frame", frame.to_arrow())
    con.execute(f"create table target.{quoted(table)} as select * from outgoing_frame")
    con.unregister("outgoing_frame")


def _write_person_table(con: Connection, file: QueryFile, policy: Policy) -> None:
    """Copy one published table. Person tables keep only the columns that the policy names (fail closed)."""
    columns = {row[0]: row[1] for row in con.execute(f"describe {quoted(file.full_name)}").fetchall()}
    allowed = policy.columns.get(file.name)
    if allowed is None and "person_id" in columns:
        raise file.error(
            f"no column of this person table is named by the policy '{policy.name}'",
            do="Name the columns that may leave in dashboard/privacy/policy.py",
        )
    kept = {c: kind for c, kind in columns.items() if allowed is None or c in allowed}
    if dated := [c for c, kind in kept.items() if kind.startswith(_DATE_TYPES)]:
        raise file.error("holds dates, which this policy keeps in the protected zone", found=", ".join(dated))
    order = " order by person_id" if "person_id" in kept else ""
    # A row of a measure says that its person was in the measure's age range in that year: beside an age of 90 or over
    # in another year, that could be the exact age. So who reaches 90 has no such rows.
    of_age = "" if "age_years" in kept or "person_id" not in kept else f" where t.person_id not in ({_OLDEST})"
    select = ", ".join(_coarse(c, kept, policy) for c in kept)
    con.execute(
        f"create table target.{quoted(file.full_name)} as"
        f" select {select} from {quoted(file.full_name)} as t{of_age}{order}"
    )


def _coarse(column: str, kept: dict[str, str], policy: Policy) -> str:
    """One column as the policy lets it leave: ages top-coded over all of a person's years, small ZIP3s as 000."""
    if column in {"age_years", "age_band"} and "person_id" in kept:
        of_person = "over (partition by t.person_id)"
        oldest = _TOP_AGE if column == "age_years" else f"max(t.age_band) {of_person}"
        return f"case when max(t.age_years) {of_person} >= {_TOP_AGE} then {oldest} else t.{column} end as {column}"
    if column == "zip3" and policy.area_level == "zip3":
        return f"{safe_zip3('t.zip3')} as zip3"
    return f't."{column}"'


def safe_zip3(column: str) -> str:
    """SQL: a ZIP3 of more than 20,000 people, else '000' (also when unknown to the census list)."""
    known = "select area_id from reference.area where area_level = 'zip3'"
    small = "select zip3 from reference.zip3_small"
    return f"case when {column} in ({known}) and {column} not in ({small}) then {column} else '000' end"


def _safe_cubes(
    con: Connection, files: Sequence[QueryFile], policy: Policy, nesting: Nesting | None
) -> dict[str, pl.DataFrame]:
    """Every cube as it may be shown, by name; one whose counts another's bound comes after that."""
    all_roles = {file.name: Roles.from_header(file.header) for file in files}
    exact: dict[str, pl.DataFrame] = {}
    shown: dict[str, pl.DataFrame] = {}
    for file in sorted(files, key=lambda f: all_roles[f.name].within is not None):
        roles = all_roles[file.name]
        exact[file.name] = _exact_cube(con, file, policy, roles)
        other = roles.within[0] if roles.within else ""
        if other and other not in shown:
            raise file.error(f"'within' names the cube '{other}'", do="Name another cube that is itself within none")
        within = (exact[other], shown[other]) if other else None
        try:
            safe = suppress(exact[file.name], roles, threshold=policy.threshold, nesting=nesting, within=within)
        except CheckFailed as error:
            raise file.error(error.what, found=error.found, do=error.do) from None
        shown[file.name] = safe.sort(*file.grain)
    return shown


def _exact_cube(con: Connection, file: QueryFile, policy: Policy, roles: Roles) -> pl.DataFrame:
    """A cube of the dimensions that the policy allows, before anything is hidden."""
    frame = connect.query(con, f"select * from {quoted(file.full_name)}")
    if "dimension" not in frame.columns:
        return frame
    return _merged_zip3(con, frame.filter(~pl.col("dimension").is_in(list(policy.hidden_dimensions))), roles, file)


def _merged_zip3(con: Connection, frame: pl.DataFrame, roles: Roles, file: QueryFile) -> pl.DataFrame:
    """Add small and unknown ZIP3s up into 000 before anything is suppressed."""
    con.register("cube_frame", frame.to_arrow())
    value = f"case when dimension = 'zip3' then {safe_zip3('group_value')} else group_value end as group_value"
    coded = connect.query(con, f"select * replace ({value}) from cube_frame")
    con.unregister("cube_frame")
    numbers = [*roles.counts, *roles.sums]
    added = [pl.when(pl.col(c).count() > 0).then(pl.col(c).sum()).alias(c) for c in numbers]
    return coded.group_by(list(file.grain), maintain_order=True).agg(added)


def _nesting(con: Connection, policy: Policy) -> Nesting | None:
    if policy.area_level != "county" or not policy.nested:
        return None
    rows = connect.query(
        con,
        "select county_fips, any_value(deprivation_quintile)::varchar as deprivation,"
        " any_value(rurality)::varchar as rurality from marts.person_year where county_fips is not null group by 1",
    ).rows()
    return Nesting("county", policy.nested, {r[0]: (str(r[1]), str(r[2])) for r in rows})


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
            }
        ],
        schema_overrides={
            "default_year": pl.Int32,
            "years": pl.List(pl.Int32),
            "complete_years": pl.List(pl.Int32),
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
    return f"{context.through:%B %Y}" if context.policy.dates == "month" else f"{context.through:%Y}"
