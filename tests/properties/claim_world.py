"""An empty warehouse in memory, filled by a property test and built by the files of queries/."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from dashboard.sources import common_model
from dashboard.warehouse import catalog, connect, tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Rows = list[tuple[object, ...]]


@cache
def _empty() -> tuple[connect.Connection, catalog.Catalog]:
    """Every table of the build, empty; the staging views are tables here, so that rows can be put in."""
    con = connect.memory(threads=1)
    queries = catalog.load(catalog.queries_root())
    tables.skeleton(con, queries)
    for name, columns in common_model.TABLES.items():
        con.execute(f"drop view staging.{name}")
        con.execute(f"create table staging.{name} ({', '.join(f'{c.name} {c.type}' for c in columns)})")
    return con, queries


@contextmanager
def world(given: Mapping[str, Iterable[Mapping[str, object]]], built: Iterable[str]) -> Iterator[connect.Connection]:
    """The tables `built` (as `core.claim`), made by their files over the rows `given`; forgotten afterwards."""
    con, queries = _empty()
    wanted = set(built)
    con.execute("begin")
    try:
        for table, rows in given.items():
            for row in rows:
                columns, values = ", ".join(row), ", ".join("?" * len(row))
                con.execute(f"insert into {table} ({columns}) values ({values})", list(row.values()))
        for file in queries.build_order():
            if file.full_name in wanted:
                con.execute(f"create or replace table {file.full_name} as {file.body}")
        yield con
    finally:
        con.execute("rollback")


def rows_of(con: connect.Connection, select: str) -> Rows:
    """All rows of a query, in an order of their own."""
    return con.execute(f"select * from ({select}) order by all").fetchall()
