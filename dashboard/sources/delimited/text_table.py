"""Reads one delimited text file into a table: at once where it is written plainly, carefully where it isn't.

The fast way reads typed columns straight into the table. Whatever it meets that isn't plain (a date written in
another way, a ragged row, another number of records than counted) ends it, and the file is read again as text: rows
that break the dialect are set apart, values are repaired where only one meaning is possible.
"""

from __future__ import annotations

from dashboard.sources.delimited.reading import (
    DAYS,
    MONTH_FIRST,
    filled_sql,
    is_plain_sql,
    order_sql,
    plain_sql,
    precision_sql,
    repaired_sql,
)
from dashboard.sources.delimited.tables import Column, Layout, Table
from dashboard.sources.delimited.text import ROW, Dialect, count_records, split_rows
from dashboard.sources.model import LoadContext, Member, is_damage, quote

_TEXT = "delimited_text"


def load_text_file(
    context: LoadContext, layout: Layout, table: Table, relation: str, member: Member, dialect: Dialect
) -> tuple[int, int]:
    """Append a file to `relation`, which has the keys and the table's columns. Returns (records, rejected so far)."""
    records = count_records(member.path, f"{context.label} (source {context.source}, file {member.ordinal})")
    file = _File(context, layout, table, relation, member, dialect)
    if file.read_plainly(records):
        return records, 0
    return file.read_carefully(records)


class _File:
    """One text file on its way into a table."""

    def __init__(
        self, context: LoadContext, layout: Layout, table: Table, relation: str, member: Member, dialect: Dialect
    ) -> None:
        self._context, self._con, self._table, self._relation = context, context.con, table, relation
        self._member, self._dialect = member, dialect
        self._constants = layout.constants(member)
        columns = layout.columns(table)
        self._headers = {c.name: name for c in columns for name in c.names[::-1] if name in dialect.columns}
        self._columns = columns
        self._given = [column for column in columns if column.name in self._headers]

    def read_plainly(self, records: int) -> bool:
        """Read typed columns straight into the table. False, and nothing changed, where that isn't safe."""
        types = {self._headers[c.name]: c.type for c in self._given}
        scan = _scan(str(self._member.path), self._dialect, types)
        values = {column.name: self._guarded(column) for column in self._given}
        try:
            self._insert(values, "row_number() over ()", scan)
        except Exception as error:
            if not is_damage(error):
                raise
            return False
        query = f"select count(*) from {self._relation} where file_ordinal = $1"
        found = self._con.execute(query, [self._member.ordinal]).fetchone()
        if found is not None and found[0] == records:
            return True
        self._con.execute(f"delete from {self._relation} where file_ordinal = $1", [self._member.ordinal])
        return False

    def _value(self, column: Column) -> str:
        """The column as the file has it, null where it must not be read."""
        value = f'"{self._headers[column.name]}"'
        hidden = self._table.hidden.get(column.name)
        return f"case when {hidden} then null else {value} end" if hidden else value

    def _guarded(self, column: Column) -> str:
        """The value as the scan types it; what may mean something else ends the scan."""
        value = self._value(column)
        if column.filled and column.type == "VARCHAR":
            value = filled_sql(value)
        if column.kind == "code":
            return f"case when {is_plain_sql(column, value)} then {value} else error('not plain') end"
        if column.kind in DAYS:  # 1/2/14 would be read as the year 1
            return f"case when {value} < date '1800-01-01' then error('not plain') else {value} end"
        return value

    def _insert(self, values: dict[str, str], row: str, scan: str) -> None:
        """Append the scan's rows: `values` are SQL by column; the others are the file's constants, or null."""
        given = {**{name: quote(text) for name, text in self._constants.items()}, **values}
        source = self._context.data_source_sql(given.pop("data_source", "null"))
        listed = ", ".join(f'{given[c.name]} as "{c.name}"' for c in self._table.columns if c.name in given)
        self._con.execute(
            f"insert into {self._relation} by name select {source} as data_source,"
            f" {self._member.ordinal} as file_ordinal, {row} as row_number, {listed} from {scan}"
        )

    def read_carefully(self, records: int) -> tuple[int, int]:
        """Read everything as text; set apart what breaks the dialect or can't be read. Returns (records, rejected)."""
        rejected = 0
        if not self._read_text(records):
            records, rejected = self._split()
        values = {column.name: self._text(column) for column in self._given}
        rejected += self._repair(values)
        self._insert(values, ROW, _TEXT)
        self._con.execute(f"drop table {_TEXT}")
        return records, rejected

    def _text(self, column: Column) -> str:
        value = self._value(column)
        return filled_sql(value) if column.filled else f"nullif({value}, '')"

    def _read_text(self, records: int) -> bool:
        scan = _scan(str(self._member.path), self._dialect, {})
        try:
            self._con.execute(
                f"create or replace temp table {_TEXT} as select row_number() over () as {ROW}, * from {scan}"
            )
        except Exception as error:
            if not is_damage(error):
                raise
            return False
        found = self._con.execute(f"select count(*) from {_TEXT}").fetchone()
        return found is not None and found[0] == records

    def _split(self) -> tuple[int, int]:
        """Write the well-formed rows to a file of our own and read that. Returns (records, rejected)."""
        context = self._context
        context.workdir.mkdir(parents=True, exist_ok=True)
        clean = context.workdir / f"clean-{self._member.ordinal}.csv"
        good, rejected = split_rows(self._member.path, self._dialect, clean)
        self._reject(rejected)
        scan = _scan(str(clean), Dialect(",", "\n", (ROW, *self._dialect.columns)), {})
        self._con.execute(
            f"create or replace temp table {_TEXT} as select * replace (cast({ROW} as BIGINT) as {ROW}) from {scan}"
        )
        clean.unlink()
        return good + len(rejected), len(rejected)

    def _reject(self, rows: list[tuple[int, str]]) -> None:
        context, name = self._context, self._table.name
        context.rejects.add(context.source, [(self._member.ordinal, row, name, reason) for row, reason in rows])

    def _repair(self, values: dict[str, str]) -> int:
        """Type the values of the text table, repairing the columns that need it. Returns the rows rejected."""
        columns = [column for column in self._given if column.kind != "text"]
        if not columns:
            return 0
        tests = ", ".join(f"count(*) filter (where not {is_plain_sql(c, values[c.name])})" for c in columns)
        counts = self._con.execute(f"select {tests} from {_TEXT}").fetchall()[0]
        unread: list[tuple[Column, str]] = []
        for column, count in zip(columns, counts, strict=True):
            text = values[column.name]
            order = self._order(text) if count and column.kind in DAYS else MONTH_FIRST
            repaired = repaired_sql(column, text, order=order, delimiter=self._dialect.delimiter)
            values[column.name] = repaired if count else plain_sql(column, text)
            if count:
                unread.append((column, f"{text} is not null and {repaired} is null"))
            if count and column.kind in DAYS:
                self._count_coarse(column, text)
                values |= {c.name: precision_sql(text) for c in self._table.columns if c.tells == column.name}
        told = {column.tells for column in self._table.columns}
        known = [(c, f"{condition} and {precision_sql(self._text(c))} is null" if c.name in told else condition)
                 for c, condition in unread]  # fmt: skip
        return self._tell_unread(known)

    def _count_coarse(self, column: Column, text: str) -> None:
        """Count the column's dates that name no day, by data source."""
        source = next((self._text(c) for c in self._given if c.name == "data_source"), "null")
        self._con.execute(
            f"insert into raw.coarse_date select coalesce({source}, {quote(self._context.data_source)}),"
            f" {quote(self._table.name)}, {quote(column.name)}, {quote(self._table.subject)}, {precision_sql(text)},"
            f" count(*) from {_TEXT}"
            f" where {precision_sql(text)} is not null group by all"
        )

    def _order(self, text: str) -> str:
        found = self._con.execute(f"select {order_sql(text)} from {_TEXT}").fetchone()
        return str(found[0]) if found else MONTH_FIRST

    def _tell_unread(self, unread: list[tuple[Column, str]]) -> int:
        """Reject rows with an unreadable value of a strict column; of other columns say how many stay empty."""
        rejected: dict[int, str] = {}
        for column, condition in unread:
            if column.filled:
                continue  # refused with the rows that have no value at all
            if column.strict:
                found = self._con.execute(f"select {ROW} from {_TEXT} where {condition}").fetchall()
                rejected |= {int(row[0]): f"{column.name} can't be read with certainty" for row in found}
                continue
            count = self._con.execute(f"select count(*) from {_TEXT} where {condition}").fetchall()[0][0]
            if count:
                place = f"{self._context.source} {self._table.name}"
                self._context.notes.append(f"{place}: {count} values of {column.name} can't be read; left empty")
        self._reject(sorted(rejected.items()))
        self._con.execute(f"delete from {_TEXT} where {ROW} in (select unnest($1::BIGINT[]))", [list(rejected)])
        return len(rejected)


def _scan(path: str, dialect: Dialect, types: dict[str, str]) -> str:
    """The strict reader of a file; columns without a type are text."""
    listed = ", ".join(f"{quote(name)}: {quote(types.get(name, 'VARCHAR'))}" for name in dialect.columns)
    ending = {"\n": "\\n", "\r\n": "\\r\\n"}[dialect.newline]
    return (
        f"read_csv({quote(path)}, auto_detect = false, header = true, delim = {quote(dialect.delimiter)}, quote = '\"',"
        f" escape = '\"', new_line = '{ending}', strict_mode = true, null_padding = false,"
        f" max_line_size = 16777216, columns = {{{listed}}})"
    )
