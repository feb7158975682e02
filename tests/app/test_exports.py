"""A downloaded file explains itself and runs nothing."""

from __future__ import annotations

import csv
import hashlib
import io

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import RefusedError
from dashboard.exports import csv_bytes
from dashboard.exports.csv_file import neutral
from dashboard.privacy import Provenance, release
from dashboard.privacy.lattice import Roles
from dashboard.privacy.policy import EXPERT

PROVENANCE = Provenance(
    policy="Expert determination",
    warehouse="feedbeef",
    definition="queries/panels/x/y.sql",
    filters=(("year", "2025"),),
    rule="",
    hidden_cells=0,
    built_at="2026-02-03 10:00 UTC",
    question="Who?",
)
ROLES = Roles.from_header({"dimensions": "name", "counts": "people"})


def exported(frame: pl.DataFrame) -> tuple[dict[str, str], str, list[dict[str, str]]]:
    text = csv_bytes(release(frame, ROLES, EXPERT, PROVENANCE, on_lattice=True), "Title").decode("utf-8-sig")
    head, _, body = text.partition("\r\n\r\n")
    said = {row[0]: row[1] for row in csv.reader(io.StringIO(head))}
    return said, body, list(csv.DictReader(io.StringIO(body)))


def test_provenance_comes_first_and_its_hash_checks() -> None:
    frame = pl.DataFrame(
        {"name": ["A", "B"], "people": [20, None], "rate": [0.25, None], "suppressed_columns": [[], ["people"]]}
    ).with_columns(is_suppressed=pl.Series([False, True]))
    said, body, rows = exported(frame)
    assert said["# filters"] == "year = 2025"
    assert said["# policy"] == "Expert determination"
    assert said["# refreshed"] == "2026-02-03 10:00 UTC"
    assert said["# hidden cells"] == "1"
    assert said["# sha256 of the table"] == hashlib.sha256(body.encode()).hexdigest()
    assert rows == [
        {"name": "A", "people": "20", "rate": "0.25"},
        {"name": "B", "people": "Suppressed", "rate": "Suppressed"},
    ]


def test_not_computable_is_empty_not_suppressed() -> None:
    frame = pl.DataFrame({"name": ["A"], "people": pl.Series([None], dtype=pl.Int64)})
    assert exported(frame)[2] == [{"name": "A", "people": ""}]


def test_a_bare_frame_is_refused() -> None:
    with pytest.raises(RefusedError, match="only released numbers"):
        csv_bytes(pl.DataFrame({"a": [1]}), "Title")  # type: ignore[arg-type]


@given(st.text(), st.text(st.sampled_from(" \t\r\n\0\u00a0\u3000\ufeff"), max_size=3), st.sampled_from("=+-@＝＋－＠"))
def test_no_text_starts_a_formula(text: str, blanks: str, start: str) -> None:
    assert neutral(blanks + start + text).startswith("'")
    assert not neutral(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert neutral(text).removeprefix("'") == text or neutral(text) == text


def test_names_that_are_formulas_are_neutralised_in_the_file() -> None:
    frame = pl.DataFrame({"name": ["=HYPERLINK(1)", "-2+3"], "people": [20, 30], "=1+1": ["a", "b"]})
    rows = exported(frame)[2]
    assert [row["name"] for row in rows] == ["'=HYPERLINK(1)", "'-2+3"]
    assert "'=1+1" in rows[0]
