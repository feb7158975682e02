"""Scoring of test decks: what counts as a match, what is listed, and the exit status."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest

from dashboard.errors import InputError, UsageError
from dashboard.measures import verify
from dashboard.measures.verify import Deck, compare, find_decks, verify_measures

POPULATIONS = ("initial-population", "denominator", "denominator-exclusion", "numerator")


def _rows(case: str, counts: tuple[int, ...], **more: Any) -> list[dict[str, Any]]:
    base = {
        "measure": "CMS999",
        "group": "Group_1",
        "kind": "population",
        "stratifier": None,
        "stratum": None,
        "patient_id": case,
        "title": f"title of {case}",
        "period_start": "2026-01-01",
        "period_end": "2026-12-31",
    } | more
    return [base | {"population": name, "count": str(n)} for name, n in zip(POPULATIONS, counts, strict=True)]


def _stratum(case: str, number: int, stratum: str, counts: tuple[int, ...]) -> list[dict[str, Any]]:
    return _rows(case, counts, kind="stratum", stratifier=f"Stratification_1_{number}", stratum=stratum)


def _deck(*rows: dict[str, Any], folder: Path = Path()) -> Deck:
    expected = pl.DataFrame(list(rows), schema_overrides={"stratifier": pl.String, "stratum": pl.String})
    return Deck("CMS999", folder, expected)


def _found(case: str, counts: tuple[int, ...], stratum_1: int = 0, stratum_2: int = 0) -> dict[str, Any]:
    named = dict(zip(POPULATIONS, counts, strict=True))
    return {
        "patient_id": case,
        "group": "Group_1",
        "period_start": "2026-01-01",
        **named,
        "denominator-exception": 0,
        "1": stratum_1,
        "2": stratum_2,
    }


def test_a_case_matches_when_every_population_does() -> None:
    deck = _deck(*_rows("a", (1, 1, 0, 1)), *_rows("b", (1, 1, 1, 0)), *_rows("c", (0, 0, 0, 0)))
    found = pl.DataFrame([_found("a", (1, 1, 0, 1)), _found("b", (1, 1, 0, 1))])
    one = compare(deck, found)
    assert (one.cases, one.matched, one.is_full) == (3, 2, False)
    assert [(f["case"], f["what"], f["expected"], f["found"]) for f in one.failures] == [
        ("b", "Group_1 denominator-exclusion", "1", "0"),
        ("b", "Group_1 numerator", "0", "1"),
    ]


def test_strata_count_within_and_without_and_are_scored_apart() -> None:
    deck = _deck(
        *_rows("a", (1, 1, 0, 1)),
        *_stratum("a", 1, "true", (1, 1, 0, 1)),
        *_stratum("a", 1, "false", (0, 0, 1, 0)),
        *_stratum("a", 2, "true", (0, 0, 0, 0)),
        *_stratum("a", 2, "false", (1, 1, 1, 1)),
    )
    full = compare(deck, pl.DataFrame([_found("a", (1, 1, 0, 1), stratum_1=1)]))
    assert (full.matched, full.strata, full.strata_matched, full.is_full) == (1, 2, 2, True)
    wrong = compare(deck, pl.DataFrame([_found("a", (1, 1, 0, 1), stratum_2=1)]))
    assert (wrong.matched, wrong.strata_matched, wrong.is_full) == (1, 0, False)
    assert "in Stratification_1_1=true" in wrong.failures[0]["what"]


def test_rows_that_contradict_themselves_upstream_are_not_scored() -> None:
    deck = _deck(*_rows("a", (1, 1, 0, 1)), *_rows("a", (9, 9, 9, 9), kind="stratum_conflict"))
    assert compare(deck, pl.DataFrame([_found("a", (1, 1, 0, 1))])).is_full


def test_an_unknown_population_is_a_difference_and_not_a_match() -> None:
    rows = [row | {"population": "measure-observation"} for row in _rows("a", (1, 1, 1, 1))]
    one = compare(_deck(*rows), pl.DataFrame([_found("a", (1, 1, 0, 1))]))
    assert one.matched == 0


def _write(folder: Path, *rows: dict[str, Any]) -> Path:
    folder.mkdir(parents=True)
    _deck(*rows).expected.write_csv(folder / "expected.csv")
    (folder / "Patient.ndjson").write_text("")
    return folder


def test_decks_are_found_one_or_many(tmp_path: Path) -> None:
    _write(tmp_path / "decks" / "CMS999", *_rows("a", (1, 1, 0, 1)))
    (tmp_path / "decks" / "notes").mkdir()
    assert [deck.name for deck in find_decks(tmp_path / "decks")] == ["CMS999"]
    assert [deck.name for deck in find_decks(tmp_path / "decks" / "CMS999")] == ["CMS999"]


def test_broken_decks_say_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        find_decks(tmp_path / "absent")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no test deck"):
        find_decks(tmp_path / "empty")
    folder = _write(tmp_path / "d", *_rows("a", (1, 1, 0, 1)))
    (folder / "expected.csv").write_text("measure,group\nCMS999,Group_1\n")
    with pytest.raises(InputError, match="lacks the column kind"):
        find_decks(folder)


def test_a_deck_without_a_measure_is_listed_and_fails_only_when_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(tmp_path / "decks" / "CMS999", *_rows("a", (1, 1, 0, 1)))
    report = tmp_path / "scores.json"
    assert verify_measures(tmp_path / "decks", [], json=report) == 0
    assert "not implemented" in capsys.readouterr().out
    assert orjson.loads(report.read_bytes())[0]["status"] == "not implemented"
    assert verify_measures(tmp_path / "decks", [], only=["CMS999"]) == 1
    with pytest.raises(UsageError, match="--only CMS1"):
        verify_measures(tmp_path / "decks", [], only=["CMS1"])


def test_periods_come_from_the_deck() -> None:
    deck = _deck(
        *_rows("a", (1, 1, 0, 1)), *_rows("b", (1, 1, 0, 1), period_start="2025-01-01", period_end="2025-12-31")
    )
    assert verify.periods(deck)["year"].to_list() == [2025, 2026]
