"""Finds repeated keys among many millions of rows with little memory.

A 64-bit hash of every key is sorted in numpy, which is several times faster and smaller than grouping by the key;
only keys whose hash repeats are then compared in full.
"""

from __future__ import annotations

import numpy as np

from dashboard.sources.model import Connection


def find_duplicates(con: Connection, relation: str, key: tuple[str, ...], condition: str) -> list[tuple[int, int]]:
    """(file_ordinal, row_number) of rows that repeat the key of a later row: the last file's last row stays.

    relation: has file_ordinal, row_number and the key's columns; condition: SQL for the rows to look at. Nulls in a
    key are equal to each other.
    """
    columns = ", ".join(f'"{name}"' for name in key)
    hashes = con.execute(f"select hash({columns}) as h from {relation} where {condition}").fetchnumpy()["h"]
    hashes = np.sort(np.asarray(hashes, dtype=np.uint64))
    suspects = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
    if not len(suspects):
        return []
    found = con.execute(
        f"""
        select file_ordinal, row_number from {relation}
        where {condition} and hash({columns}) in (select unnest($1::UBIGINT[]))
        qualify row_number() over (partition by {columns} order by file_ordinal desc, row_number desc) > 1
        order by 1, 2
        """,
        [suspects.tolist()],
    ).fetchall()
    return [(int(file), int(row)) for file, row in found]
