"""Loads FHIR R4 files into raw.fhir_r4_*: read, resolve references, reject, de-duplicate, account."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from dashboard.errors import InputError
from dashboard.sources.duplicates import preference
from dashboard.sources.fhir_r4.decode import Field, struct_type
from dashboard.sources.fhir_r4.documents import Exploder, NotJson, count_records, has_mark, is_blank, record_types
from dashboard.sources.fhir_r4.references import resolve
from dashboard.sources.fhir_r4.resource_types import NO_TYPE, OTHER_TYPE
from dashboard.sources.fhir_r4.resources import FILE_KEY, PROVENANCE, RESOURCES, ROW_KEY, Resource
from dashboard.sources.model import Connection, LoadContext, Member, Reconciliation, quote

FORMAT = "fhir_r4"
# Large enough for a resource with an attachment inlined; the reader holds two such buffers a thread.
MAX_RESOURCE_BYTES = 128 << 20

_TAGS = (
    Field(FILE_KEY, "INTEGER", "", ((FILE_KEY, "INTEGER"),)),
    Field(ROW_KEY, "BIGINT", "", ((ROW_KEY, "BIGINT"),)),
)


def create(con: Connection) -> None:
    """Create every raw.fhir_r4_<type>, empty."""
    con.execute("create schema if not exists raw")
    for resource in RESOURCES.values():
        columns = ", ".join(f'"{f.column}" {f.type}' for f in (*PROVENANCE, *resource.fields))
        keys = "data_source VARCHAR, file_ordinal INTEGER, row_number BIGINT"
        con.execute(f"create or replace table {resource.table} ({keys}, {columns})")


@dataclass
class _Plan:
    """Which files are read directly, by type, and which go through the exploder."""

    direct: dict[str, list[Member]] = field(default_factory=lambda: defaultdict(list))
    documents: list[Member] = field(default_factory=list)
    mixed: list[Member] = field(default_factory=list)


@dataclass
class _Account:
    """Counts by (file, type)."""

    read: Counter[tuple[int, str]] = field(default_factory=Counter)
    rejected: Counter[tuple[int, str]] = field(default_factory=Counter)
    duplicate: Counter[tuple[int, str]] = field(default_factory=Counter)

    def rows(self, source: str) -> list[Reconciliation]:
        result = []
        for (file, kind), read in sorted(self.read.items()):
            rejected, duplicate = self.rejected[file, kind], self.duplicate[file, kind]
            left = read - rejected - duplicate
            used = kind in RESOURCES
            row = Reconciliation(source, FORMAT, file, kind, read, left if used else 0, duplicate, rejected,
                                 0 if used else left)  # fmt: skip
            result.append(row)
        return result


def load(context: LoadContext, members: list[Member]) -> list[Reconciliation]:
    """Load the JSON files of one source. Raises InputError when one isn't JSON or not UTF-8."""
    plan, account = _plan(members), _Account()
    for kind, files in plan.direct.items():
        if kind in RESOURCES:
            plan.mixed += _load_direct(context, RESOURCES[kind], files, account)
        else:
            account.read.update({(m.ordinal, kind): count_records(m.path) for m in files})
    _load_exploded(context, plan, account)
    present = [RESOURCES[kind] for kind in RESOURCES if any(k == kind for _, k in account.read)]
    resolve(context.con, context.data_source, present)
    for resource in present:
        _reject(context, resource, members, account)
        _deduplicate(context, resource, account)
    rows = account.rows(context.source)
    _verify(context, rows)
    return rows


def _plan(members: list[Member]) -> _Plan:
    plan = _Plan()
    for member in members:
        types = record_types(member.path)
        if types is None:
            plan.documents += [] if is_blank(member.path) else [member]
        elif has_mark(member.path):  # the fast reader would refuse the first line
            plan.mixed.append(member)
        elif len(types) == 1 and types.isdisjoint({NO_TYPE, OTHER_TYPE, "Bundle"}):
            plan.direct[next(iter(types))].append(member)
        else:
            plan.mixed.append(member)
    return plan


def _insert(resource: Resource, paths: list[str], *, file_sql: str, row_sql: str, joins: str) -> str:
    """The INSERT that reads NDJSON files with explicit columns; records that aren't objects come out all null."""
    fields = (*PROVENANCE, *resource.fields)
    record = struct_type((*_TAGS, *fields))
    listed = ", ".join(quote(path) for path in paths)
    columns = ", ".join(f'cast({f.sql} as {f.type}) as "{f.column}"' for f in fields)
    return (
        f"insert into {resource.table} select $1, {file_sql}, {row_sql}, {columns} from ("
        f"select filename, row_number() over () as position, r from read_json([{listed}],"
        " format = 'newline_delimited', compression = 'none', records = 'false', ignore_errors = true, filename = true,"
        f" maximum_object_size = {MAX_RESOURCE_BYTES}, columns = {{r: {quote(record)}}})) as record {joins}"
    )


def _load_direct(context: LoadContext, resource: Resource, files: list[Member], account: _Account) -> list[Member]:
    """Read NDJSON files of one type. Returns those that turn out to hold other types too, unread."""
    con, first, places = context.con, 0, []
    counts = {member.ordinal: count_records(member.path) for member in files}
    files = [member for member in files if counts[member.ordinal]]
    for member in files:
        places.append(f"({quote(str(member.path))}, {member.ordinal}, {first})")
        first += counts[member.ordinal]
        context.on_progress(f"FHIR {resource.type}", member.ordinal, 0)
    if not files:
        return []
    con.execute("create or replace temp table fhir_file (path VARCHAR, ordinal INTEGER, first BIGINT)")
    con.execute(f"insert into fhir_file values {', '.join(places)}")
    con.execute(
        _insert(resource, [str(m.path) for m in files], file_sql="fhir_file.ordinal",
                row_sql="position - fhir_file.first", joins="join fhir_file on fhir_file.path = record.filename"),
        [context.data_source],
    )  # fmt: skip
    mixed = _take_back_mixed(context, resource)
    for member in files:
        if member.ordinal not in mixed:
            account.read[member.ordinal, resource.type] += counts[member.ordinal]
    return [member for member in files if member.ordinal in mixed]


def _take_back_mixed(context: LoadContext, resource: Resource) -> set[int]:
    """Delete what was read of files whose records aren't all of one type."""
    table, parameters = resource.table, [context.data_source, resource.type]
    found = context.con.execute(
        f"select distinct file_ordinal from {table} where data_source = $1 and resource_type <> $2", parameters
    ).fetchall()
    mixed = {int(row[0]) for row in found}
    if mixed:
        listed = ", ".join(map(str, mixed))
        context.con.execute(
            f"delete from {table} where data_source = $1 and file_ordinal in ({listed})", parameters[:1]
        )
    return mixed


def _load_exploded(context: LoadContext, plan: _Plan, account: _Account) -> None:
    """Explode Bundles, single resources and mixed files, and read the result."""
    exploder = Exploder(context.workdir / "exploded")
    files = [(m, False) for m in plan.documents] + [(m, True) for m in plan.mixed]
    try:
        for done, (member, lines) in enumerate(files, 1):
            try:
                exploder.add(member, lines=lines)
            except (NotJson, UnicodeDecodeError):
                raise _not_json(context, member) from None
            context.on_progress("FHIR documents", done, len(files))
    finally:
        exploded = exploder.finish()
    account.read.update(exploder.read)
    context.rejects.add(context.source, exploder.rejected)
    account.rejected.update((file, kind) for file, _, kind, _ in exploder.rejected)
    for kind, path in exploded.items():
        insert = _insert(RESOURCES[kind], [str(path)], file_sql=f'r."{FILE_KEY}"', row_sql=f'r."{ROW_KEY}"', joins="")
        context.con.execute(insert, [context.data_source])
        path.unlink()


def _not_json(context: LoadContext, member: Member) -> InputError:
    try:
        with member.path.open(encoding="utf-8") as stream:
            while stream.read(1 << 20):
                pass
        found = "text that breaks JSON's rules"
    except UnicodeDecodeError:
        found = "text that isn't UTF-8"
    return InputError(
        where=f"{context.label} (source {context.source}, file {member.ordinal})",
        what="the file isn't valid JSON",
        found=found,
        do="Export it again; it may have been cut short.",
    )


def _reject(context: LoadContext, resource: Resource, members: list[Member], account: _Account) -> None:
    """Take out records that aren't resources, have no id, or lack the patient that their type needs."""
    con, table = context.con, resource.table
    no_patient = "or patient_id is null" if resource.needs_patient else ""
    bad = con.execute(
        f"""
        select file_ordinal, row_number, $2,
            case when id is null and resource_type is null then 'not valid JSON, or not a FHIR resource'
                when resource_type is null then 'no resourceType'
                when id is null then 'no id'
                else 'no reference to a known kind of patient' end
        from {table}
        where data_source = $1 and (id is null or resource_type is null {no_patient})
        order by file_ordinal, row_number
        """,
        [context.data_source, resource.type],
    ).fetchall()
    if not bad:
        return
    broken = {row[0] for row in bad if str(row[3]).startswith("not valid")}
    _refuse_other_encodings(context, [m for m in members if m.ordinal in broken])
    context.rejects.add(context.source, bad)
    account.rejected.update((row[0], resource.type) for row in bad)
    con.execute(
        f"delete from {table} where data_source = $1 and (id is null or resource_type is null {no_patient})",
        [context.data_source],
    )


def _refuse_other_encodings(context: LoadContext, members: list[Member]) -> None:
    for member in members:
        try:
            with member.path.open(encoding="utf-8") as stream:
                while stream.read(1 << 20):
                    pass
        except UnicodeDecodeError:
            raise _not_json(context, member) from None


def _deduplicate(context: LoadContext, resource: Resource, account: _Account) -> None:
    """Keep the latest version of each resource: by meta.lastUpdated, then versionId, then `preference`."""
    con, table = context.con, resource.table
    con.execute(
        f"""
        create or replace temp table fhir_superseded as
        with repeated as (
            select id from {table} where data_source = $1 group by id having count(*) > 1
        )
        select record.rowid as row_id, record.file_ordinal
        from {table} as record semi join repeated on repeated.id = record.id
        where record.data_source = $1
        qualify row_number() over (
            partition by record.id
            order by try_cast(last_updated as timestamptz) desc nulls last,
                try_cast(version_id as bigint) desc nulls last, {preference(con, table)},
                file_ordinal desc, record.row_number desc
        ) > 1
        """,
        [context.data_source],
    )
    counts = con.execute("select file_ordinal, count(*) from fhir_superseded group by all").fetchall()
    if counts:
        con.execute(f"delete from {table} where rowid in (select row_id from fhir_superseded)")
        account.duplicate.update({(int(file), resource.type): int(count) for file, count in counts})


def _verify(context: LoadContext, rows: list[Reconciliation]) -> None:
    """Hold the account against the tables themselves. A difference is a bug, not bad input."""
    for resource in RESOURCES.values():
        query = f"select count(*) from {resource.table} where data_source = $1"
        stored = context.con.execute(query, [context.data_source]).fetchone()
        loaded = sum(row.loaded for row in rows if row.type == resource.type)
        if stored is None or stored[0] != loaded:
            raise AssertionError(f"{resource.table}: {stored} rows stored but {loaded} accounted for")
    for row in rows:
        row.check()
