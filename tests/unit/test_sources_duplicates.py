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
