"""The vault: which random surrogate stands for which source person. It never leaves the protected folder.

Surrogates are drawn at random and never derived from the person (45 CFR 164.514(c)); they stay the same from one load
to the next, because the vault is kept. It is committed before a warehouse that uses it is swapped in.

Every source person has a surrogate of its own, for ever. A crosswalk is applied on top of that, anew in each build:
linked people share the surrogate of the one among them who came in first (in the same load: the smallest). So a link
that is added takes the newer people to the older one's surrogate, one that is removed gives each back its own, and the
order of files or sources never matters.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import polars as pl

from dashboard.errors import InputError, RefusedError
from dashboard.sources import crosswalk
from dashboard.warehouse import connect
from dashboard.warehouse.tables import PERSON_KEY_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    from dashboard.warehouse.connect import Connection

_LARGEST = 2**31 - 1
_KEYS = ["data_source", "source_person_id"]
NO_LINKS = pl.DataFrame(schema=crosswalk.SCHEMA)


def update(con: Connection, path: Path, *, is_incremental: bool, links: pl.DataFrame = NO_LINKS) -> tuple[str, ...]:
    """Give every person of `staging.person` a surrogate and make `core.person_key`; returns notes on the links.

    links: data_source, source_person_id, link_id, as `crosswalk.read` gives them; rows of people who aren't in the
    load do nothing and are counted in a note.
    Raises RefusedError when the warehouse was built before and its vault is gone: new surrogates would silently break
    every link to what was published.
    """
    if is_incremental and not path.exists():
        raise RefusedError(
            where=str(path), what="the vault of this warehouse is missing", do="Restore it, or build into a new --out"
        )
    people = connect.query(
        con, "select distinct data_source, source_person_id from staging.person where source_person_id is not null"
    )
    sources = connect.query(con, "select data_source, source from raw.data_source")
    links = _resolved(links, sources)
    keys = linked(_with_new(path, people), links).join(people, on=_KEYS, how="semi", maintain_order="left")
    con.register("all_people", keys.to_arrow())
    con.execute("create or replace table core.person_key as select * from all_people")
    con.unregister("all_people")
    return _notes(links, people, sources["data_source"])


def linked(people: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """data_source, source_person_id, person_id: everyone's surrogate after the links.

    people: data_source, source_person_id, person_id (their own), first_load (number of the load they came in with).
    """
    both = people.join(links, on=_KEYS, how="left", maintain_order="left")
    in_link = both.drop_nulls("link_id").sort("first_load", "person_id")
    oldest = in_link.group_by("link_id").agg(pl.col("person_id").first().alias("oldest_id"))
    shared = pl.coalesce("oldest_id", "person_id").alias("person_id")
    return both.join(oldest, on="link_id", how="left", maintain_order="left").select(*_KEYS, shared)


def _with_new(path: Path, people: pl.DataFrame) -> pl.DataFrame:
    """Everyone whom the vault knows, after `people` were added to it."""
    vault = connect.build(path)
    try:
        vault.execute(f"create table if not exists person ({PERSON_KEY_COLUMNS})")
        vault.execute("alter table person add column if not exists first_load integer default 0")
        known = connect.query(vault, "select * from person")
        new = _drawn(people, known)
        if new.height:
            vault.register("new_people", new.to_arrow())
            vault.execute("insert into person by name select * from new_people")
        vault.execute("checkpoint")
    finally:
        vault.close()
    return pl.concat([known, new])


def _drawn(people: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    new = people.join(known, on=_KEYS, how="anti").sort(_KEYS)
    load = 0 if known.is_empty() else known.select(pl.max("first_load") + 1).item()
    return new.with_columns(draw(new.height, taken=known["person_id"]), first_load=pl.lit(load, pl.Int32))


def _resolved(links: pl.DataFrame, sources: pl.DataFrame) -> pl.DataFrame:
    """Links with data sources in full: a crosswalk may say the source's name where that holds a single data source.

    Raises InputError when a person is thereby in two links.
    """
    only = sources.filter(pl.len().over("source") == 1).rename({"data_source": "only"})
    named = links.join(sources.select("data_source", is_known=pl.lit(True)), on="data_source", how="left")
    named = named.join(only, left_on="data_source", right_on="source", how="left", maintain_order="left")
    whole = pl.when("is_known").then("data_source").otherwise(pl.coalesce("only", "data_source")).alias("data_source")
    found = named.select(whole, "source_person_id", "link_id").unique()
    if twice := found.filter(pl.len().over(_KEYS) > 1).height:
        raise InputError(
            where="--crosswalk", what="people are in two links, once under the source's name", found=f"{twice} rows",
            do="Call each data source by one name",
        )  # fmt: skip
    return found


def _notes(links: pl.DataFrame, people: pl.DataFrame, known: pl.Series) -> tuple[str, ...]:
    """What in the crosswalk did nothing: counts, never who."""
    foreign = links.filter(~pl.col("data_source").is_in(known.implode()))
    absent = links.join(foreign, on=_KEYS, how="anti").join(people, on=_KEYS, how="anti")
    notes = []
    if foreign.height:
        names = foreign["data_source"].n_unique()
        notes.append(
            f"Crosswalk: {foreign.height:,} rows name a data source that isn't in this load ({names} such names)."
            " A source is called s1, s2 … by its order, or as in --source NAME=PATH."
        )
    if absent.height:
        notes.append(f"Crosswalk: {absent.height:,} rows are of people who aren't in this load.")
    return tuple(notes)


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
