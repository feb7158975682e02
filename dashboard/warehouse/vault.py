"""The vault: which random surrogate stands for which source person. It never leaves the protected folder.

Surrogates are drawn at random and never derived from the person (45 CFR 164.514(c)); they stay the same from one load
to the next, because the vault is kept. It is committed before a warehouse that uses it is swapped in.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import polars as pl

from dashboard.errors import RefusedError
from dashboard.warehouse import connect
from dashboard.warehouse.tables import PERSON_KEY_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    from dashboard.warehouse.connect import Connection

_LARGEST = 2**31 - 1


def update(con: Connection, path: Path, *, is_incremental: bool) -> int:
    """Give every person of `staging.person` a surrogate and make `core.person_key`; returns how many are new.

    Raises RefusedError when the warehouse was built before and its vault is gone: new surrogates would silently break
    every link to what was published.
    """
    if is_incremental and not path.exists():
        raise RefusedError(
            where=str(path), what="the vault of this warehouse is missing", do="Restore it, or build into a new --out"
        )
    vault = connect.build(path)
    try:
        vault.execute(f"create table if not exists person ({PERSON_KEY_COLUMNS})")
        known = connect.query(vault, "select * from person")
        new = _new_people(con, known)
        if new.height:
            vault.register("new_people", new.to_arrow())
            vault.execute("insert into person select data_source, source_person_id, person_id from new_people")
        vault.execute("checkpoint")
    finally:
        vault.close()
    keys = pl.concat([known, new])
    con.register("all_people", keys.to_arrow())
    con.execute("create or replace table core.person_key as select * from all_people")
    con.unregister("all_people")
    return new.height


def _new_people(con: Connection, known: pl.DataFrame) -> pl.DataFrame:
    people = connect.query(
        con, "select distinct data_source, source_person_id from staging.person where source_person_id is not null"
    )
    keys = ["data_source", "source_person_id"]
    new = people.join(known, on=keys, how="anti").sort(keys)
    surrogates = draw(new.height, taken=known["person_id"])
    return new.with_columns(surrogates)


def draw(count: int, *, taken: pl.Series) -> pl.Series:
    """`count` different random surrogates (1 … 2³¹ − 1) from the system's own source, none of them in `taken`."""
    drawn = pl.Series("person_id", [], dtype=pl.Int32)
    while drawn.len() < count:
        need = count - drawn.len() + 16
        raw = memoryview(os.urandom(4 * need)).cast("I")
        fresh = pl.Series("person_id", [value % _LARGEST + 1 for value in raw], dtype=pl.Int32)
        drawn = pl.concat([drawn, fresh]).unique(maintain_order=True)
        drawn = drawn.filter(~drawn.is_in(taken.implode()))
    return drawn.head(count)
