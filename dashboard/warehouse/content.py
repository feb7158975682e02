"""What tables hold, as digests that don't mind in which order rows lie or files came.

They decide what a build makes anew: a table is made again when its statement changed or the content of something it
reads did, not because a file has another name or place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.warehouse import tables
from dashboard.warehouse.catalog import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dashboard.warehouse.connect import Connection

# Above this many rows a table counts as changed whenever it was made again: reading it all would cost more than it may
# save.
COMPARED_ROWS = 100_000
# Where a row lay in its file; no query reads them.
_PLACES = {"file_ordinal", "row_number"}


def of_table(con: Connection, table: str) -> str:
    """A digest of columns and rows of `schema.table`, wherever the rows lie; floats count to the last bit."""
    columns = {name: kind for name, kind in tables.columns_of(con, tables.quoted(table)).items() if name not in _PLACES}
    listed = ", ".join(f'"{name}"' for name in columns)
    rows = con.execute(f"select count(*), sum(hash({listed})::hugeint) from {tables.quoted(table)}").fetchall()
    return digest(repr(columns), repr(rows))


def of_raw(
    con: Connection, names: Iterable[str], fed: Mapping[tuple[str, str], Sequence[str]], code: Mapping[str, str]
) -> dict[str, str]:
    """A digest of each raw table in `names`, by full name; missing where a format has no such table.

    fed: (format, type) → what was read into raw.<format>_<type>, as `sources.load` gives it; such a table isn't read
    through. code: format → digest of its reader.
    """
    read = {f"raw.{form}_{kind}": digest(code[form], *sorted(files)) for (form, kind), files in fed.items()}
    rows = con.execute(
        "select table_name from duckdb_tables() where schema_name = 'raw' union all"
        " select view_name from duckdb_views() where schema_name = 'raw'"
    ).fetchall()
    there = {f"raw.{name}" for (name,) in rows}
    return {name: read.get(name) or of_table(con, name) for name in names if name in there}
