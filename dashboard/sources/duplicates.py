"""Finds repeated keys among many millions of rows with little memory, and says which row of a key stays.

A 64-bit hash of every key is sorted in numpy, which is several times faster and smaller than grouping by the key;
only keys whose hash repeats are then compared in full. Which row stays is decided by what the rows say, never by the
name, number or order of the files they came in: those differ from one export of the same data to the next.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.sources.model import Connection

# Hashes held at once: 8 bytes each. Each further part reads everything again, so a load, when nothing else is held in
# memory yet, takes four times as many.
HASHES_AT_ONCE = 1 << 24
_IN_A_LOAD = 4
_PLACES = {"data_source", "file_ordinal", "row_number"}


def repeated_hashes(
    con: Connection, relation: str, key: Sequence[str], condition: str = "true", *, times: int = 1
) -> list[int]:
    """Hashes that more than one row's key has; every repeated key is among them, and hardly any other.

    key: columns of `relation`; condition: SQL for the rows to look at; times: how many HASHES_AT_ONCE may be held.
    Nulls in a key are equal to each other.
    """
    columns = ", ".join(f'"{name}"' for name in key)
    row = con.execute(f"select count(*) from {relation}").fetchone()
    parts = (int(row[0]) if row else 0) // (times * HASHES_AT_ONCE) + 1
    found: list[int] = []
    for part in range(parts):
        share = condition if parts == 1 else f"({condition}) and hash({columns}) % {parts} = {part}"
        hashes = con.execute(f"select hash({columns}) as h from {relation} where {share}").fetchnumpy()["h"]
        hashes = np.asarray(hashes, dtype=np.uint64)
        hashes.sort()
        found += np.unique(hashes[1:][hashes[1:] == hashes[:-1]]).tolist()
    return found


def preference(con: Connection, relation: str) -> str:
    """ORDER BY terms that put first the row of a key that stays, wherever the rows came from.

    The row with the most filled columns; then the one with the latest dates, column by column; then the one whose
    other values come first in order. Rows that still tie say the same.
    """
    described = con.execute(f"describe select * from {relation}").fetchall()
    columns = [(f'"{row[0]}"', str(row[1])) for row in described if row[0] not in _PLACES]
    filled = " + ".join(f"cast({name} is not null as integer)" for name, _ in columns)
    latest = [f"{name} desc nulls last" for name, kind in columns if kind.startswith(("DATE", "TIMESTAMP"))]
    return ", ".join([f"{filled} desc", *latest, *(f"{name} nulls last" for name, _ in columns)])


def find_duplicates(con: Connection, relation: str, key: tuple[str, ...], condition: str) -> list[tuple[int, int]]:
    """(file_ordinal, row_number) of the rows that `preference` leaves behind another of their key.

    relation: has file_ordinal, row_number and the key's columns; condition: SQL for the rows to look at. Nulls in a
    key are equal to each other.
    """
    suspects = repeated_hashes(con, relation, key, condition, times=_IN_A_LOAD)
    if not suspects:
        return []
    columns = ", ".join(f'"{name}"' for name in key)
    found = con.execute(
        f"""
        select file_ordinal, row_number from {relation}
        where {condition} and hash({columns}) in (select unnest($1::UBIGINT[]))
        qualify row_number() over (
            partition by {columns} order by {preference(con, relation)}, file_ordinal desc, row_number desc
        ) > 1
        order by 1, 2
        """,
        [suspects],
    ).fetchall()
    return [(int(file), int(row)) for file, row in found]
