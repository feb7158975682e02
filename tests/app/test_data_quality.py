"""The page Data quality and the marks elsewhere: verdict, reasons, empty and worst states, limits edited meanwhile."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from published_warehouse import ROOT
from streamlit.testing.v1 import AppTest

from dashboard.components.quality import FIGURES
from dashboard.pages import listed
from dashboard.warehouse import catalog

Open = Callable[..., AppTest]


def words(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(str(element.value) for element in [*app.get("html"), *app.markdown])


def test_every_figure_that_a_check_may_touch_has_a_name_and_a_place() -> None:
    assert set(FIGURES) == set(catalog.FIGURES)
    assert {page for _, page in FIGURES.values()} <= {name for name, _ in listed()}


def test_the_verdict_comes_first_with_its_reasons(open_page: Open) -> None:
    said = words(open_page("data_quality"))
    assert "Fit for use, with cautions" in said
    assert re.search(r"Claims in the future: 2,001 of 40,005 claims, 0 claims allowed\.", said)
    assert "quality: fit (2 cautions)" in said
    assert said.index("with cautions") < said.index("Every row accounted for")


def test_few_are_never_told(open_page: Open) -> None:
    """Three people without a birth date: whatever the page shows, it isn't three."""
    said = words(open_page("data_quality", show="all"))
    row = re.search(r"People without a birth date.*?</tr>", said, re.DOTALL)
    assert row
    assert re.findall(r"cp-number'>([^<]*)<", row[0]) == ["1–10", "40,005", "up to 0.0%"]


def test_when_every_check_passes_nothing_is_listed(open_page: Open) -> None:
    said = words(open_page("data_quality", "faultless"))
    assert "Fit for use</h2>" in said
    assert "Nothing failed." in said
    assert "quality: fit<" in said
    assert "cp-status-caution" not in said
    assert "cp-mark" not in words(open_page("overview", "faultless"))


def test_when_every_check_fails_the_page_still_draws(open_page: Open) -> None:
    said = words(open_page("data_quality", "faulty"))
    assert "Not fit for use" in said
    assert "quality: not fit" in said
    assert said.count("cp-status-not_fit") + said.count("cp-status-caution") >= 60
    assert said.count("data not fit:") == 0
    tiles = words(open_page("overview", "faulty"))
    assert tiles.count("data not fit:") >= 5


def test_a_tile_is_marked_by_the_checks_that_touch_it(open_page: Open) -> None:
    said = words(open_page("overview"))
    tiles = dict(re.findall(r'class="cp-tile"><h2>([^<]*)</h2>(.*?)</div>', said, re.DOTALL))
    assert "2 data cautions" in tiles["ED visits"]
    assert "affects=ed_visits_per_1000" in tiles["ED visits"]
    assert "cp-mark" not in tiles["People"]


def test_only_what_touches_a_figure(open_page: Open) -> None:
    said = words(open_page("data_quality", affects="groups"))
    assert "Nothing failed." in said
    assert "touching Figures by group and place" in said


def test_a_limit_edited_meanwhile_shows_on_the_next_run(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "queries", tmp_path / "queries")
    monkeypatch.setenv("CAREPARITY_QUERIES", str(tmp_path / "queries"))
    file = tmp_path / "queries/checks/claim_in_future.sql"
    app = open_page("overview")
    assert "quality: fit (2 cautions)" in words(app)
    text = file.read_text()
    file.write_text(re.sub(r"threshold: +0 claims", "threshold: 50 % of claims", text))
    assert "quality: fit (1 caution)" in words(app.run())
    file.write_text(re.sub(r"threshold: +0 claims", "threshold: a lot", text))
    assert "quality: not judged, a check file has an error" in words(app.run())
    said = words(open_page("data_quality"))
    assert "queries/checks/claim_in_future.sql:5" in said


def test_months_are_drawn_where_the_policy_knows_months(open_page: Open) -> None:
    monthly, yearly = open_page("data_quality"), open_page("data_quality", "safe_harbor")
    assert "Rows by month" in words(monthly)
    assert "2025-04" in words(monthly), "a month without a row is a gap"
    assert "Rows by year" in words(yearly)
    assert "2025-0" not in words(yearly)


def test_payments_add_up_to_the_cent_or_say_what_is_hidden(open_page: Open) -> None:
    said = words(open_page("data_quality"))
    assert re.search(r"Adds up</th><td class='cp-number'>✓ to the cent", said)
    assert "2025 ✓ equal, " in said
    assert "Suppressed" in words(open_page("data_quality", claims="pharmacy"))
