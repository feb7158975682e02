"""Turning query files into tables: staging views, tables in order, empty skeletons, and the grain check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.errors import CareParityError, CheckFailed, UsageError
from dashboard.sources import common_model
from dashboard.sources.duplicates import repeated_hashes
from dashboard.warehouse import connect, provided
from dashboard.warehouse.catalog import LAYERS, Catalog, QueryFile

if TYPE_CHECKING:
    from dashboard.warehouse.connect import Connection

PERSON_KEY_COLUMNS = "data_source varchar, source_person_id varchar, person_id integer"
# Messages of these kinds name columns and tables only; others may quote a value from a row.
_SAFE_TO_QUOTE = ("BinderException", "CatalogException", "ParserException")


def create_schemas(con: Connection) -> None:
    """Make every layer's schema, and `reference`."""
    for schema in (*LAYERS, "reference"):
        con.execute(f"create schema if not exists {schema}")


def quoted(name: str) -> str:
    """`schema.table` as SQL identifiers."""
    return ".".join('"' + part + '"' for part in name.split("."))


def stage(con: Connection, catalog: Catalog) -> None:
    """Make each `staging.*` view: every format's part appended, columns checked against the common model.

    Raises CheckFailed naming the file whose columns don't fit.
    """
    parts: dict[str, list[QueryFile]] = {}
    for file in catalog.of("staging"):
        if file.name not in common_model.TABLES:
            raise file.error(
                f"'{file.name}' is no table of the common model", do="See dashboard/sources/common_model.py"
            )
        parts.setdefault(file.name, []).append(file)
    for table, columns in common_model.TABLES.items():
        wanted = {column.name: column.type for column in columns}
        selects = [_staging_part(con, file, wanted) for file in parts.get(table, [])]
        casts = ", ".join(f'null::{kind} as "{name}"' for name, kind in wanted.items())
        selects = selects or [f"select {casts} where false"]
        con.execute(f"create or replace view staging.{table} as " + "\nunion all\n".join(selects))


def _staging_part(con: Connection, file: QueryFile, wanted: dict[str, str]) -> str:
    found = set(columns_of(con, f"({file.body})", file))
    if missing := sorted(set(wanted) - found):
        raise file.error(f"staging.{file.name} lacks {', '.join(missing)}", do="Select them, or null where unknown")
    if extra := sorted(found - set(wanted)):
        raise file.error(f"staging.{file.name} has no column {', '.join(extra)}", do="Remove them")
    casts = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in wanted.items())
    return f"select {casts} from ({file.body})"


def columns_of(con: Connection, relation: str, file: QueryFile | None = None) -> dict[str, str]:
    """Column names and types of a table or a bracketed SELECT, in order."""
    try:
        rows = con.execute(f"describe select * from {relation}").fetchall()
    except connect.Error as error:
        raise sql_error(file, error) from None
    return {row[0]: row[1] for row in rows}


def materialise(con: Connection, file: QueryFile) -> int:
    """Build one table from its file and check its grain; returns its number of rows.

    Raises CheckFailed naming the file; the message never quotes a row.
    """
    try:
        con.execute(f"create or replace table {quoted(file.full_name)} as {file.body}")
        check_grain(con, file)
        row = con.execute(f"select count(*) from {quoted(file.full_name)}").fetchone()
    except connect.Error as error:
        raise sql_error(file, error) from None
    return int(row[0]) if row else 0


def check_grain(con: Connection, file: QueryFile) -> None:
    """Raise CheckFailed when the columns of `grain:` are not unique together."""
    if not file.grain:
        return
    keys = ", ".join(f'"{column}"' for column in file.grain)
    table = quoted(file.full_name)
    if not repeated_hashes(con, table, file.grain):
        return
    row = con.execute(
        f"select count(*), coalesce(sum(n), 0) from (select count(*) as n from {table} group by {keys} having n > 1)"
    ).fetchone()
    if row and row[0]:
        raise file.error(
            f"rows are not unique by {', '.join(file.grain)}",
            found=f"{row[0]:,} keys with {row[1]:,} rows",
            do="Correct the grain, or de-duplicate by a stated rule",
        )


def sql_error(file: QueryFile | None, error: connect.Error) -> CareParityError:
    """A DuckDB error as one of ours: quoted where it can't hold a person's value, named by kind otherwise."""
    kind, text = type(error).__name__, str(error)
    if "No space left" in text or "disk is full" in text.lower():
        return UsageError(where="disk", what="there is no space left", do="Free some space, then try again")
    if "Out of Memory" in text or kind == "OutOfMemoryException":
        return UsageError(where="memory", what="the build ran out of memory", do="Give it more with --memory")
    found = text.splitlines()[0] if kind in _SAFE_TO_QUOTE else f"{kind} (details withheld: they may quote a row)"
    if file is None:
        again = "Delete build.duckdb beside the warehouse and build again; if it stays, report it"
        return CheckFailed(where="build database", what="a step of the build fails", found=found, do=again)
    return CheckFailed(
        where=file.shown_path, what="the statement fails", found=found, do="Run it in `careparity check`"
    )


def skeleton(con: Connection, catalog: Catalog) -> None:
    """Make every table empty, in order, so that each file is bound against what it reads.

    Raises CheckFailed for the first file that doesn't bind.
    """
    from dashboard import measures, sources
    from dashboard.warehouse import reference

    create_schemas(con)
    sources.create(con)
    reference.create_empty(con)
    stage(con, catalog)
    con.execute(f"create table core.person_key ({PERSON_KEY_COLUMNS})")
    for name, columns in provided.CORE_COLUMNS.items():
        con.execute(f"create table core.{name} ({columns})")
    made_result = False
    for file in catalog.build_order():
        if "measures.result" in file.reads and not made_result:
            con.execute(f"create table measures.result as {measures.result_sql(catalog)}")
            made_result = True
        try:
            con.execute(f"create table {quoted(file.full_name)} as select * from ({file.body}) limit 0")
        except connect.Error as error:
            raise sql_error(file, error) from None


def published_skeleton(con: Connection) -> None:
    """Add what publish adds, empty: the marks on every cube, and the tables that say what the warehouse is."""
    for (table,) in con.execute("select table_name from duckdb_tables() where schema_name = 'cubes'").fetchall():
        con.execute(f"alter table cubes.{table} add column suppressed_columns varchar[]")
        con.execute(f"alter table cubes.{table} add column is_suppressed boolean")
    for name, columns in provided.COLUMNS.items():
        con.execute(f"create table published.{name} ({columns})")
