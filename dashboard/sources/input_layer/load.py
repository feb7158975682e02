"""Loads input-layer tables into raw.input_layer_*: typed, checked, de-duplicated, accounted.

Parquet that lies in the user's folder isn't copied: its raw table is a view over the files, minus the rows that were
refused. Text, and whatever was unpacked from an archive, becomes a table.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from dashboard.errors import InputError
from dashboard.sources.duplicates import find_duplicates
from dashboard.sources.input_layer.csv_text import ROW, Dialect, count_records, read_dialect, split_rows
from dashboard.sources.input_layer.files import is_parquet, table_name
from dashboard.sources.input_layer.tables import TABLES, UNUSED, Column, Table
from dashboard.sources.model import Connection, LoadContext, Member, Reconciliation, is_damage, quote

FORMAT = "input_layer"
_KEYS = "data_source VARCHAR, file_ordinal INTEGER, row_number BIGINT"
_PARTS = "raw.input_layer_part"
_REFUSED = "raw.input_layer_refused"


def create(con: Connection) -> None:
    """Create every raw.input_layer_<table>, empty: a view over the parts that `load` adds."""
    con.execute("create schema if not exists raw")
    con.execute(f"create or replace table {_PARTS} (table_name VARCHAR, relation VARCHAR)")
    con.execute(f"create or replace table {_REFUSED} (relation VARCHAR, file_ordinal INTEGER, row_number BIGINT)")
    for table in TABLES.values():
        _publish(con, table)


def _publish(con: Connection, table: Table) -> None:
    """(Re)create the view that joins a table's parts."""
    found = con.execute(f"select relation from {_PARTS} where table_name = $1 order by relation", [table.name])
    names = ["file_ordinal", "row_number", *(column.name for column in table.all_columns)]
    listed = ", ".join(f'"{name}"' for name in names)
    empty = ", ".join(f'cast(null as {column.type}) as "{column.name}"' for column in table.all_columns)
    selects = [f"select cast(null as INTEGER) as file_ordinal, cast(null as BIGINT) as row_number, {empty} where false"]
    selects += [f"select {listed} from {row[0]}" for row in found.fetchall()]
    con.execute(f"create or replace view {table.raw} as " + " union all ".join(selects))


@dataclass
class _Part:
    """The files of one table in one form, as one relation."""

    table: Table
    relation: str
    files: list[Member]
    read: Counter[int] = field(default_factory=Counter)
    rejected: Counter[int] = field(default_factory=Counter)
    duplicate: Counter[int] = field(default_factory=Counter)

    def rows(self, source: str) -> list[Reconciliation]:
        result = []
        for member in self.files:
            file = member.ordinal
            loaded = self.read[file] - self.rejected[file] - self.duplicate[file]
            row = Reconciliation(source, FORMAT, file, self.table.name, self.read[file], loaded, self.duplicate[file],
                                 self.rejected[file])  # fmt: skip
            result.append(row)
        return result


def load(context: LoadContext, members: list[Member]) -> list[Reconciliation]:
    """Load the tables of one source. Raises InputError for missing columns, damage and other encodings."""
    groups: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        groups[table_name(member.name) or ""].append(member)
    dialects = _read_headers(context, groups)
    rows: list[Reconciliation] = []
    for name, files in groups.items():
        context.on_progress("input layer", len(rows), len(members))
        if name in UNUSED:
            rows += [_ignored(context, member, name) for member in files]
            continue
        table = TABLES[name]
        text = [member for member in files if member.ordinal in dialects]
        parquet = [member for member in files if member.ordinal not in dialects]
        parts = [_load_parquet(context, table, parquet)] if parquet else []
        parts += [_load_text(context, table, text, dialects)] if text else []
        for part in parts:
            rows += part.rows(context.source)
        _publish(context.con, table)
    _verify(context, rows, groups)
    people = context.con.execute(f"select distinct data_source from {TABLES['patient'].raw}").fetchall()
    context.data_sources.update(str(row[0]) for row in people)
    return rows


def _where(context: LoadContext, member: Member) -> str:
    return f"{context.label} (source {context.source}, file {member.ordinal})"


def _read_headers(context: LoadContext, groups: dict[str, list[Member]]) -> dict[int, Dialect]:
    """The dialects of text files. Raises one InputError that lists every missing column of every file."""
    dialects, missing = {}, []
    for name, files in groups.items():
        if name in UNUSED:
            continue
        table, ignored = TABLES[name], set()
        known = {column.name for column in table.all_columns}
        for member in files:
            if is_parquet(member.path):
                columns = set(_parquet_columns(context, [member]))
            else:
                dialects[member.ordinal] = read_dialect(member.path, known, _where(context, member))
                columns = set(dialects[member.ordinal].columns)
            ignored |= columns - known
            missing += [f"{name}.{c.name} (file {member.ordinal})" for c in table.columns
                        if c.needed and c.name not in columns]  # fmt: skip
        if ignored:
            context.notes.append(f"{context.source} {name}: columns not read: {', '.join(sorted(ignored))}")
    if missing:
        raise InputError(
            where=f"{context.label} (source {context.source})",
            what="required columns are missing",
            found="no " + ", ".join(missing),
            do="Add them with the input layer's names; the header must be the first line.",
        )
    return dialects


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


def typed_sql(column: Column, value: str, stored: str) -> str:
    """SQL that turns a value of a stored type into the column's type; null when it can't be read."""
    if stored == column.type:
        return value
    text = stored == "VARCHAR"
    if column.type == "DATE" and text:
        return f"coalesce(try_cast({value} as date), cast(try_strptime({value}, ['%Y%m%d', '%m/%d/%Y']) as date))"
    if column.type == "BOOLEAN" and text:
        return (
            f"case when lower({value}) in ('y', 'yes') then true when lower({value}) in ('n', 'no') then false"
            f" else try_cast({value} as boolean) end"
        )
    if column.type == "INTEGER" and (text or stored in ("DOUBLE", "FLOAT")):
        return f"cast(try_cast({value} as double) as integer)"
    if column.type == "VARCHAR":
        return f"cast({value} as varchar)"
    return f"try_cast({value} as {column.type})"


def _columns_sql(table: Table, given: dict[str, tuple[str, str]], source: str) -> str:
    """The typed select list of a table; absent columns are null, data_source falls back to the source."""
    parts = []
    for column in table.all_columns:
        if column.name in given:
            name, stored = given[column.name]
            value = f'"{name}"'
            if column.type == "VARCHAR" and stored == "VARCHAR":
                if column.filled:  # spaces are no value; only what may begin with one is trimmed, which is slow
                    value = f"case when {value} >= '!' then {value} else nullif(trim({value}), '') end"
                else:
                    value = f"nullif({value}, '')"
            sql = typed_sql(column, value, stored)
        else:
            sql = f"cast(null as {column.type})"
        if column.name == "data_source":
            sql = f"coalesce({sql}, {quote(source)})"
        parts.append(f'{sql} as "{column.name}"')
    return ", ".join(parts)


def _load_parquet(context: LoadContext, table: Table, files: list[Member]) -> _Part:
    con, part = context.con, _Part(table, f"raw.input_layer_{table.name}__s{context.position}_parquet", files)
    given = _parquet_columns(context, files)
    ordinals = ", ".join(str(member.ordinal) for member in files)
    unpacked = any(member.path.is_relative_to(context.workdir) for member in files)
    try:
        counts = con.execute(
            f"select file_name, num_rows from parquet_file_metadata([{', '.join(quote(str(m.path)) for m in files)}])"
        ).fetchall()
        con.execute(
            f"create or replace {'table' if unpacked else 'view'} {part.relation} as"
            f" select cast([{ordinals}][cast(file_index as BIGINT) + 1] as INTEGER) as file_ordinal,"
            f" cast(file_row_number as BIGINT) + 1 as row_number, {_columns_sql(table, given, context.source)}"
            f" from {_parquet_scan(files)}"
        )
        by_path = {str(member.path): member.ordinal for member in files}
        part.read.update({by_path[str(path)]: int(count) for path, count in counts})
        _refuse(context, part, keep=unpacked)
    except Exception as error:
        if not is_damage(error):
            raise
        raise InputError(
            where=_where(context, files[0]), what=f"the Parquet files of {table.name} can't be read",
            found=type(error).__name__, do="Write them again; one may be damaged.",
        ) from error  # fmt: skip
    con.execute(f"insert into {_PARTS} values ($1, $2)", [table.name, part.relation])
    return part


def _load_text(context: LoadContext, table: Table, files: list[Member], dialects: dict[int, Dialect]) -> _Part:
    part = _Part(table, f"raw.input_layer_{table.name}__s{context.position}_text", files)
    columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
    context.con.execute(f"create or replace table {part.relation} ({_KEYS}, {columns})")
    for member in files:
        _load_text_file(context, part, member, dialects[member.ordinal])
    _refuse(context, part, keep=True)
    context.con.execute(f"insert into {_PARTS} values ($1, $2)", [table.name, part.relation])
    return part


def _load_text_file(context: LoadContext, part: _Part, member: Member, dialect: Dialect) -> None:
    """Read a file strictly; when DuckDB refuses it or its count differs, sort its rows out first."""
    records = count_records(member.path, _where(context, member))
    part.read[member.ordinal] = records
    scan = _text_scan(str(member.path), dialect.columns, dialect.delimiter, dialect.newline)
    con = context.con
    try:
        con.execute(f"create or replace temp table input_text as select row_number() over () as {ROW}, * from {scan}")
        found = con.execute("select count(*) from input_text").fetchone()
        is_whole = found is not None and found[0] == records
    except Exception as error:
        if not is_damage(error):
            raise
        is_whole = False
    if not is_whole:
        context.workdir.mkdir(parents=True, exist_ok=True)
        clean = context.workdir / f"clean-{member.ordinal}.csv"
        good, rejected = split_rows(member.path, dialect, clean)
        part.read[member.ordinal] = good + len(rejected)
        part.rejected[member.ordinal] += len(rejected)
        context.rejects.add(
            context.source, [(member.ordinal, row, part.table.name, reason) for row, reason in rejected]
        )
        con.execute(
            f"create or replace temp table input_text as select * replace (cast({ROW} as BIGINT) as {ROW})"
            f" from {_text_scan(str(clean), (ROW, *dialect.columns), ',', chr(10))}"
        )
        clean.unlink()
    given = {name: (name, "VARCHAR") for name in dialect.columns}
    _note_unreadable(context, part.table, given)
    con.execute(
        f"insert into {part.relation} by name select {member.ordinal} as file_ordinal, {ROW} as row_number,"
        f" {_columns_sql(part.table, given, context.source)} from input_text"
    )
    con.execute("drop table input_text")


def _text_scan(path: str, columns: tuple[str, ...], delimiter: str, newline: str) -> str:
    listed = ", ".join(f"{quote(name)}: 'VARCHAR'" for name in columns)
    ending = {"\n": "\\n", "\r\n": "\\r\\n"}[newline]
    return (
        f"read_csv({quote(path)}, auto_detect = false, header = true, delim = {quote(delimiter)}, quote = '\"',"
        f" escape = '\"', new_line = '{ending}', strict_mode = true, null_padding = false,"
        f" max_line_size = 16777216, columns = {{{listed}}})"
    )


def _note_unreadable(context: LoadContext, table: Table, given: dict[str, tuple[str, str]]) -> None:
    """Say once how many values of optional columns can't be read; they stay empty."""
    columns = [c for c in table.columns if c.name in given and c.type != "VARCHAR" and not c.filled]
    if not columns:
        return
    tests = [
        f'"{c.name}" is not null and {typed_sql(c, f"{chr(34)}{c.name}{chr(34)}", "VARCHAR")} is null' for c in columns
    ]
    counts = ", ".join(f"count(*) filter (where {test})" for test in tests)
    row = context.con.execute(f"select {counts} from input_text").fetchone() or ()
    for column, count in zip(columns, row, strict=True):
        if count:
            context.notes.append(
                f"{context.source} {table.name}: {count} values of {column.name} can't be read; left empty"
            )


def _refuse(context: LoadContext, part: _Part, *, keep: bool) -> None:
    """Take out rows without a readable required value, and duplicates. keep: the relation is a table of its own."""
    con, filled = context.con, [column for column in part.table.columns if column.filled]
    missing = " or ".join(f'"{column.name}" is null' for column in filled)
    reason = " ".join(f"when \"{column.name}\" is null then 'no readable {column.name}'" for column in filled)
    bad = con.execute(
        f"select file_ordinal, row_number, {quote(part.table.name)}, case {reason} end"
        f" from {part.relation} where {missing} order by 1, 2"
    ).fetchall()
    context.rejects.add(context.source, bad)
    part.rejected.update(int(row[0]) for row in bad)
    twice = find_duplicates(con, part.relation, ("data_source", *part.table.key), f"not ({missing})")
    part.duplicate.update(file for file, _ in twice)
    refused = [(int(row[0]), int(row[1])) for row in bad] + twice
    if refused:
        _take_out(con, part, refused, keep=keep)


def _take_out(con: Connection, part: _Part, refused: list[tuple[int, int]], *, keep: bool) -> None:
    con.execute(
        f"insert into {_REFUSED} select $1, unnest($2::INTEGER[]), unnest($3::BIGINT[])",
        [part.relation, [file for file, _ in refused], [row for _, row in refused]],
    )
    same = "refused.file_ordinal = part.file_ordinal and refused.row_number = part.row_number"
    gone = f"select 1 from {_REFUSED} as refused where refused.relation = {quote(part.relation)} and {same}"
    if keep:
        con.execute(f"delete from {part.relation} as part where exists ({gone})")
    else:
        con.execute(f"create or replace view {part.relation}_kept as"
                    f" select * from {part.relation} as part where not exists ({gone})")  # fmt: skip
        part.relation += "_kept"


def _ignored(context: LoadContext, member: Member, name: str) -> Reconciliation:
    if is_parquet(member.path):
        query = f"select count(*) from {_parquet_scan([member])}"
        row = context.con.execute(query).fetchone()
        count = int(row[0]) if row else 0
    else:
        count = count_records(member.path, _where(context, member))
    return Reconciliation(context.source, FORMAT, member.ordinal, name, read=count, ignored=count)


def _verify(context: LoadContext, rows: list[Reconciliation], groups: dict[str, list[Member]]) -> None:
    """Hold the account against the relations themselves. A difference is a bug, not bad input."""
    for name in groups:
        if name in UNUSED:
            continue
        found = context.con.execute(
            f"select relation from {_PARTS} where table_name = $1 and contains(relation, $2)",
            [name, f"__s{context.position}_"],
        ).fetchall()
        stored = 0
        for relation in found:
            count = context.con.execute(f"select count(*) from {relation[0]}").fetchone()
            stored += int(count[0]) if count else 0
        loaded = sum(row.loaded for row in rows if row.type == name)
        if stored != loaded:
            raise AssertionError(f"{name}: {stored} rows stored but {loaded} accounted for")
    for row in rows:
        row.check()
