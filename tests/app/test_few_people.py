"""Extreme but legal sources, built by the command's own road: what can't be shown says why, and is never a zero."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.pages.care_gaps import _finding
from dashboard.warehouse import build

PAGES = ("overview", "equity_map", "care_gaps", "about")
SCRIPT = """
from dashboard.components.states import guarded
from dashboard.pages.{page} import PAGE
guarded(PAGE.render)
"""
PATIENT = '{{"resourceType":"Patient","id":"p{0}"}}\n'
ENCOUNTER = (
    '{{"resourceType":"Encounter","id":"e{0}","status":"finished","class":{{"code":"AMB"}},'
    '"subject":{{"reference":"Patient/p{0}"}},"period":{{"start":"2024-05-01","end":"2024-05-01"}}}}\n'
)


def _words(page: str, warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("CAREPARITY_WAREHOUSE", str(warehouse))
    app = AppTest.from_string(SCRIPT.format(page=page), default_timeout=30).run()
    assert not app.exception
    return " ".join(element.body for element in app.get("html"))


def _built(folder: Path, files: dict[str, str], years: tuple[int, ...] = ()) -> Path:
    (folder / "in").mkdir()
    for name, text in files.items():
        (folder / "in" / name).write_text(text)
    build.run(build.Request((folder / "in",), folder / "w", years=years))
    return folder / "w"


def _exported(people: int) -> dict[str, str]:
    return {
        "Patient.ndjson": "".join(PATIENT.format(i) for i in range(people)),
        "Encounter.ndjson": "".join(ENCOUNTER.format(i) for i in range(people)),
    }


def test_one_person_is_suppressed_and_not_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = _built(tmp_path, _exported(1))
    words = {page: _words(page, warehouse, monkeypatch) for page in PAGES}
    assert "too few people in 2024" in words["overview"]
    assert "nothing to count" not in words["overview"]
    assert all("can't be shown" not in text for text in words.values())


def test_people_without_sex_race_or_place_are_shown_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = _built(tmp_path, _exported(30))
    words = {page: _words(page, warehouse, monkeypatch) for page in PAGES}
    assert "30" in words["overview"]
    assert "No area can be shown." in words["equity_map"]
    assert all("can't be shown" not in text for text in words.values())


def test_enrolment_alone_has_no_visits_rather_than_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    patients = "person_id,sex,birth_date\n" + "".join(f"p{i},female,1960-01-02\n" for i in range(30))
    spans = "person_id,member_id,payer,payer_type,plan,enrollment_start_date,enrollment_end_date\n" + "".join(
        f"p{i},p{i},A,commercial,B,2024-01-01,2024-12-31\n" for i in range(30)
    )
    warehouse = _built(tmp_path, {"patient.csv": patients, "eligibility.csv": spans}, (2024,))
    words = _words("overview", warehouse, monkeypatch)
    assert "360" in words
    assert "from this source: no outpatient claims or visits" in words
    assert "from this source: no inpatient claims or stays" in words
    assert "0 <small>per 1,000" not in words


class _Rows:
    """Stands in for Released: `_finding` reads the frame only."""

    def __init__(self, rates: list[float | None]) -> None:
        self.frame = pl.DataFrame(
            {"group_value": ["a", "b"], "name": ["A", "B"], "rate": rates, "versus_plan": [None, None]},
            schema_overrides={"rate": pl.Float64, "versus_plan": pl.String},
        )


@pytest.mark.parametrize(
    ("rates", "said"),
    [([0.5, 0.5], "none is clearly worse"), ([0.5, None], "none shown is clearly worse"), ([None, None], "suppressed")],
)
def test_a_title_never_speaks_for_groups_that_are_hidden(rates: list[float | None], said: str) -> None:
    class _Measure:
        better = "higher"

    assert said in _finding(_Rows(rates), _Measure(), "race")  # type: ignore[arg-type]
