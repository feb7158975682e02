"""Repeated keys: all of them, nulls included, and whether or not the hashes are taken in parts."""

import pytest

from dashboard.sources import duplicates
from dashboard.warehouse import connect


@pytest.mark.parametrize("at_once", [1 << 24, 100])
def test_every_repeated_key_is_found(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(duplicates, "HASHES_AT_ONCE", at_once)
    con = connect.memory()
    con.execute(
        "create table line as select 1 as file_ordinal, i as row_number, 'c' || (i % 990) as claim_id,"
        " case when i % 3 > 0 then 1 end as part from range(1000) as t(i)"
    )
    assert len(duplicates.repeated_hashes(con, "line", ("claim_id",))) == 10
    assert duplicates.repeated_hashes(con, "line", ("row_number",)) == []
    found = duplicates.find_duplicates(con, "line", ("claim_id", "part"), "true")
    assert found == [(1, row) for row in range(10)]


@pytest.mark.parametrize("places", [[(1, 1), (1, 2), (2, 1)], [(2, 1), (1, 2), (1, 1)], [(9, 3), (8, 1), (7, 2)]])
def test_which_row_of_a_key_stays_is_decided_by_what_it_says(places: list[tuple[int, int]]) -> None:
    con = connect.memory()
    con.execute(
        "create table person (file_ordinal int, row_number int, id varchar, sex varchar, seen date, zip varchar)"
    )
    rows = [
        ("P1", "male", "2024-01-01", None),
        ("P1", "male", "2023-05-01", "30301"),
        ("P1", "male", "2024-05-01", None),
    ]
    for place, row in zip(places, rows, strict=True):
        con.execute("insert into person values (?, ?, ?, ?, ?, ?)", [*place, *row])
    left_out = set(duplicates.find_duplicates(con, "person", ("id",), "true"))
    assert set(places) - left_out == {places[1]}  # the fullest row, although another is later
    con.execute("update person set zip = '30301'")
    left_out = set(duplicates.find_duplicates(con, "person", ("id",), "true"))
    assert set(places) - left_out == {places[2]}  # as full as the others, and the latest
