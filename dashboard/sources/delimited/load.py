"""Loads the tables of a layout into raw.<format>_*: typed, checked, de-duplicated, accounted.

Parquet that lies in the user's folder isn't copied: its raw table is a view over the files, minus the rows that were
refused. Text, and whatever was unpacked from an archive, becomes a table.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from dashboard.errors import InputError
from dashboard.sources.delimited.reading import DAYS, filled_sql, plain_sql, precision_sql, repaired_sql
from dashboard.sources.delimited.tables import Column, Layout, Table
from dashboard.sources.delimited.text import Dialect, count_records, read_dialect
from dashboard.sources.delimited.text_table import load_text_file
from dashboard.sources.duplicates import find_duplicates
from dashboard.sources.model import Connection, LoadContext, Member, Reconciliation, is_damage, quote

_KEYS = "data_source VARCHAR, file_ordinal INTEGER, row_number BIGINT"
_PARQUET = b"PAR1"
_WHOLE_NUMBERS = {"SMALLINT", "INTEGER", "BIGINT", "USMALLINT", "UINTEGER", "UBIGINT"}


def create(con: Connection, layout: Layout) -> None:
    """Create raw.<format>_<table> for every table, empty: a view over the parts that `load` adds."""
    con.execute("create schema if not exists raw")
    con.execute(f"create or replace table {_parts(layout)} (table_name VARCHAR, relation VARCHAR)")
    con.execute(
        f"create or replace table {_refused(layout)} (relation VARCHAR, file_ordinal INTEGER, row_number BIGINT)"
    )
    for table in layout.tables.values():
        _publish(con, layout, table)


def _parts(layout: Layout) -> str:
    return f"raw.{layout.name}_part"


def _refused(layout: Layout) -> str:
    return f"raw.{layout.name}_refused"


def data_sources(context: LoadContext, layout: Layout, table: Table) -> set[str]:
    """The data sources that the source's own rows of `table` name."""
    found: set[str] = set()
    for relation in _own_parts(context, layout, table.name):
        rows = context.con.execute(f"select distinct data_source from {relation}").fetchall()
        found |= {str(row[0]) for row in rows}
    return found


def _own_parts(context: LoadContext, layout: Layout, table_name: str) -> list[str]:
    query = f"select relation from {_parts(layout)} where table_name = $1 and contains(relation, $2)"
    return [str(row[0]) for row in context.con.execute(query, [table_name, f"__{context.position}_"]).fetchall()]


def _columns(layout: Layout, table: Table) -> list[Column]:
    """The columns of the raw relation, data_source first."""
    return [Column("data_source", "text"), *table.columns] if not layout.has_data_source else [*layout.columns(table)]


def _publish(con: Connection, layout: Layout, table: Table) -> None:
    """(Re)create the view that joins a table's parts; columns that a part lacks are null."""
    found = con.execute(f"select relation from {_parts(layout)} where table_name = $1 order by relation", [table.name])
    columns = [Column("file_ordinal", "int"), Column("row_number", "int"), *_columns(layout, table)]
    keys = {"row_number": "BIGINT"}
    null = {c.name: f'cast(null as {keys.get(c.name, c.type)}) as "{c.name}"' for c in columns}
    selects = [f"select {', '.join(null.values())} where false"]
    for (relation,) in found.fetchall():
        given = _column_names(con, str(relation))
        listed = ", ".join(f'"{name}"' if name in given else empty for name, empty in null.items())
        selects.append(f"select {listed} from {relation}")
    con.execute(f"create or replace view {layout.raw(table)} as " + " union all ".join(selects))


def _column_names(con: Connection, relation: str) -> set[str]:
    return {str(row[0]) for row in con.execute(f"describe select * from {relation}").fetchall()}


@dataclass
class _Part:
    """The files of one table in one form, as one relation."""

    table: Table
    relation: str
    files: list[Member]
    read: Counter[int] = field(default_factory=Counter)
    rejected: Counter[int] = field(default_factory=Counter)
    duplicate: Counter[int] = field(default_factory=Counter)

    def rows(self, source: str, format_name: str) -> list[Reconciliation]:
        result = []
        for member in self.files:
            file = member.ordinal
            loaded = self.read[file] - self.rejected[file] - self.duplicate[file]
            row = Reconciliation(source, format_name, file, self.table.name, self.read[file], loaded,
                                 self.duplicate[file], self.rejected[file])  # fmt: skip
            result.append(row)
        return result


def load(context: LoadContext, members: list[Member], layout: Layout) -> list[Reconciliation]:
    """Load the tables of one source. Raises InputError for missing columns, damage and other encodings."""
    groups: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        groups[layout.recognise(member) or ""].append(member)  # never "": the format has detected it
    dialects = _read_headers(context, layout, groups)
    rows: list[Reconciliation] = []
    for name, files in groups.items():
        context.on_progress(layout.name.replace("_", " "), len(rows), len(members))
        if name in layout.unused:
            rows += [_ignored(context, layout, member, name) for member in files]
            continue
        table = layout.tables[name]
        text = [member for member in files if member.ordinal in dialects]
        parquet = [member for member in files if member.ordinal not in dialects]
        parts = [_load_parquet(context, layout, table, parquet)] if parquet else []
        parts += [_load_text(context, layout, table, text, dialects)] if text else []
        for part in parts:
            context.con.execute(f"insert into {_parts(layout)} values ($1, $2)", [name, part.relation])
            rows += part.rows(context.source, layout.name)
        _publish(context.con, layout, table)
        _verify(context, parts, rows, name)
    for row in rows:
        row.check()
    return rows


def _where(context: LoadContext, member: Member) -> str:
    return f"{context.label} (source {context.source}, file {member.ordinal})"


def is_parquet(path: Path) -> bool:
    """Whether a file begins like Parquet."""
    with path.open("rb") as stream:
        return stream.read(4) == _PARQUET


def _read_headers(context: LoadContext, layout: Layout, groups: dict[str, list[Member]]) -> dict[int, Dialect]:
    """The dialects of text files. Raises one InputError that lists every missing column of every file."""
    dialects, missing = {}, []
    for name, files in groups.items():
        if name in layout.unused:
            continue
        table, ignored = layout.tables[name], set()
        known = table.headers | {n for column in layout.columns(table) for n in column.names}
        for member in files:
            if is_parquet(member.path):
                headers = set(_parquet_columns(context, [member]))
            else:
                dialects[member.ordinal] = read_dialect(member.path, set(known), _where(context, member))
                headers = set(dialects[member.ordinal].columns)
            ignored |= headers - known
            given = headers | set(layout.constants(member))
            missing += [f"{name}.{column.name} (file {member.ordinal})" for column in table.columns
                        if column.needed and given.isdisjoint(column.names)]  # fmt: skip
        if ignored:
            context.notes.append(f"{context.source} {name}: columns not read: {', '.join(sorted(ignored))}")
    if missing:
        raise InputError(
            where=f"{context.label} (source {context.source})",
            what="required columns are missing",
            found="no " + ", ".join(missing),
            do=layout.advice,
        )
    return dialects


def _load_text(
    context: LoadContext, layout: Layout, table: Table, files: list[Member], dialects: dict[int, Dialect]
) -> _Part:
    part = _Part(table, f"{layout.raw(table)}__{context.position}_text", files)
    headers = {name for member in files for name in (*dialects[member.ordinal].columns, *layout.constants(member))}
    named = " ".join(rule.condition for rule in table.rules)
    # A column that no file gives costs as much to write as one full of values.
    given = [c for c in table.columns if not headers.isdisjoint(c.names) or c.name in named]
    given += [c for c in table.columns if c.tells in {column.name for column in given}]
    columns = ", ".join(f'"{column.name}" {column.type}' for column in given)
    context.con.execute(f"create or replace table {part.relation} ({_KEYS}, {columns})")
    for member in files:
        read, rejected = load_text_file(context, layout, table, part.relation, member, dialects[member.ordinal])
        part.read[member.ordinal] = read
        part.rejected[member.ordinal] = rejected
    _refuse(context, layout, part, keep=True)
    return part


def _parquet_columns(context: LoadContext, files: list[Member]) -> dict[str, tuple[str, str]]:
    """Lower-case column name → (name as written, type)."""
    try:
        found = context.con.execute(f"describe select * from {_parquet_scan(files)}").fetchall()
    except Exception as error:
        if not is_damage(error):
            raise
        raise InputError(
            where=_where(context, files[0]), what="the Parquet file can't be read", found=type(error).__name__,
            do="Write it again; it may be damaged.",
        ) from error  # fmt: skip
    return {str(row[0]).lower(): (str(row[0]), str(row[1])) for row in found}


def _parquet_scan(files: list[Member]) -> str:
    listed = ", ".join(quote(str(member.path)) for member in files)
    return f"read_parquet([{listed}], union_by_name = true)"


def _parquet_value(column: Column, given: dict[str, tuple[str, str]]) -> str:
    """SQL of a column, typed; null where no header gives it."""
    found = next((given[name] for name in column.names if name in given), None)
    if found is None:
        return f"cast(null as {column.type})"
    name, stored = found
    value = f'"{name}"'
    if stored == column.type and stored != "VARCHAR":
        return value
    if column.kind in DAYS and stored in _WHOLE_NUMBERS:  # a year, or 20240131
        value, stored = f"cast({value} as varchar)", "VARCHAR"
    if stored != "VARCHAR":
        if column.kind == "int" and stored in ("DOUBLE", "FLOAT"):
            return f"cast(try_cast({value} as double) as integer)"
        return plain_sql(column, value, stored) if column.type != "VARCHAR" else f"cast({value} as varchar)"
    value = filled_sql(value) if column.filled else f"nullif({value}, '')"
    if column.kind == "text":
        return value
    repaired = repaired_sql(column, value)
    return repaired if column.kind == "code" else f"coalesce({plain_sql(column, value)}, {repaired})"


def _parquet_precision(table: Table, given: dict[str, tuple[str, str]]) -> dict[str, str]:
    """SQL of the precision of each column of days that is stored as text or number, by column; null for a day."""
    found = {}
    for column in table.columns:
        name, stored = next((given[name] for name in column.names if name in given), ("", ""))
        if column.kind in DAYS and stored in (*_WHOLE_NUMBERS, "VARCHAR"):
            found[column.name] = precision_sql(f'cast("{name}" as varchar)')
    return found


def _load_parquet(context: LoadContext, layout: Layout, table: Table, files: list[Member]) -> _Part:
    con, part = context.con, _Part(table, f"{layout.raw(table)}__{context.position}_parquet", files)
    given = _parquet_columns(context, files)
    ordinals = ", ".join(str(member.ordinal) for member in files)
    unpacked = any(member.path.is_relative_to(context.workdir) for member in files)
    values = {column.name: _parquet_value(column, given) for column in table.columns}
    values |= {name: f"case when {table.hidden[name]} then null else {values[name]} end" for name in table.hidden}
    precision = _parquet_precision(table, given)
    values |= {column.name: precision[column.tells] for column in table.columns if column.tells in precision}
    columns = ", ".join(f'{value} as "{name}"' for name, value in values.items())
    own = _parquet_value(layout.columns(table)[0], given) if layout.has_data_source else "null"
    try:
        counts = con.execute(
            f"select file_name, num_rows from parquet_file_metadata([{', '.join(quote(str(m.path)) for m in files)}])"
        ).fetchall()
        con.execute(
            f"create or replace {'table' if unpacked else 'view'} {part.relation} as"
            f" select cast([{ordinals}][cast(file_index as BIGINT) + 1] as INTEGER) as file_ordinal,"
            f" cast(file_row_number as BIGINT) + 1 as row_number,"
            f" {context.data_source_sql(own)} as data_source, {columns}"
            f" from {_parquet_scan(files)}"
        )
        source = f"coalesce({own}, {quote(context.data_source)})"
        for name, sql in precision.items():
            con.execute(
                f"insert into raw.coarse_date select {source}, {quote(table.name)}, {quote(name)},"
                f" {quote(table.subject)}, {sql}, count(*) from {_parquet_scan(files)}"
                f" where {sql} is not null group by all"
            )
        by_path = {str(member.path): member.ordinal for member in files}
        part.read.update({by_path[str(path)]: int(count) for path, count in counts})
        _refuse(context, layout, part, keep=unpacked)
    except Exception as error:
        if not is_damage(error):
            raise
        raise InputError(
            where=_where(context, files[0]), what=f"the Parquet files of {table.name} can't be read",
            found=type(error).__name__, do="Write them again; one may be damaged.",
        ) from error  # fmt: skip
    return part


def _refuse(context: LoadContext, layout: Layout, part: _Part, *, keep: bool) -> None:
    """Take out rows that may not be, and duplicates. keep: the relation is a table of its own."""
    con = context.con
    bad = con.execute(
        f"select file_ordinal, row_number, {quote(part.table.name)}, reason"
        f" from (select file_ordinal, row_number, {_reason_sql(part)} as reason from {part.relation})"
        " where reason is not null order by 1, 2"
    ).fetchall()
    if bad:
        context.rejects.add(context.source, bad)
        part.rejected.update(int(row[0]) for row in bad)
        _take_out(con, layout, part, [(int(row[0]), int(row[1])) for row in bad], keep=keep)
    given = _column_names(con, part.relation)
    key = ("data_source", *(name for name in part.table.key if name in given))
    twice = find_duplicates(con, part.relation, key, "true")
    if twice:
        part.duplicate.update(file for file, _ in twice)
        _take_out(con, layout, part, twice, keep=keep)


def _reason_sql(part: _Part) -> str:
    """Why a row is rejected; null for a good one."""
    reasons = [
        (f'"{column.name}" is null', f"no readable {column.name}") for column in part.table.columns if column.filled
    ]
    reasons += [(rule.condition.replace("{relation}", part.relation), rule.reason) for rule in part.table.rules]
    cases = " ".join(f"when {condition} then {quote(reason)}" for condition, reason in reasons)
    return f"case {cases} end" if cases else "cast(null as varchar)"


def _take_out(con: Connection, layout: Layout, part: _Part, gone: list[tuple[int, int]], *, keep: bool) -> None:
    """Delete the rows (file, row number) of a table, or leave them out of a view by another view over it."""
    con.execute(
        f"insert into {_refused(layout)} select $1, unnest($2::INTEGER[]), unnest($3::BIGINT[])",
        [part.relation, [file for file, _ in gone], [row for _, row in gone]],
    )
    same = "refused.file_ordinal = part.file_ordinal and refused.row_number = part.row_number"
    found = f"select 1 from {_refused(layout)} as refused where refused.relation = {quote(part.relation)} and {same}"
    if keep:
        con.execute(f"delete from {part.relation} as part where exists ({found})")
    else:
        con.execute(f"create or replace view {part.relation}_kept as"
                    f" select * from {part.relation} as part where not exists ({found})")  # fmt: skip
        part.relation += "_kept"


def _ignored(context: LoadContext, layout: Layout, member: Member, name: str) -> Reconciliation:
    if is_parquet(member.path):
        query = f"select count(*) from {_parquet_scan([member])}"
        row = context.con.execute(query).fetchone()
        count = int(row[0]) if row else 0
    else:
        count = count_records(member.path, _where(context, member))
    return Reconciliation(context.source, layout.name, member.ordinal, name, read=count, ignored=count)


def _verify(context: LoadContext, parts: list[_Part], rows: list[Reconciliation], name: str) -> None:
    """Hold the account against the relations themselves. A difference is a bug, not bad input."""
    stored = 0
    for part in parts:
        count = context.con.execute(f"select count(*) from {part.relation}").fetchone()
        stored += int(count[0]) if count else 0
    loaded = sum(row.loaded for row in rows if row.type == name)
    if stored != loaded:
        raise AssertionError(f"{name}: {stored} rows stored but {loaded} accounted for")
