"""Every page renders over a full, a Safe Harbor, a half-known and an empty warehouse, and says what it can't say."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from published_warehouse import KINDS, ROOT
from streamlit.testing.v1 import AppTest

from dashboard.pages import listed

PAGES = [name for name, _ in listed()]
Open = Callable[..., AppTest]


def words(app: AppTest) -> str:
    """Everything a page wrote by itself."""
    return "\n".join(str(element.value) for element in [*app.get("html"), *app.markdown])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", PAGES)
def test_page_renders(open_page: Open, page: str, kind: str) -> None:
    app = open_page(page, kind)
    said = words(app)
    assert not app.exception
    assert said.count("<h1") == 1
    assert 'role="alert"' not in said
    assert not re.search(r"\b(nan|None|null|inf)\b", re.sub(r"<img[^>]*>", "", said)), "a missing number leaked"


@pytest.mark.parametrize("page", PAGES)
def test_page_lists_itself(page: str) -> None:
    entry = dict(listed())[page]
    assert entry.title
    assert entry.question.endswith("?")


def test_controls_come_from_the_url(open_page: Open) -> None:
    app = open_page("care_gaps", measure="CMS125.1", year="2024", by="language")
    assert {box.label: box.value for box in app.selectbox} == {
        "Measure": "CMS125.1",
        "Period": 2024,
        "Groups by": "language",
    }


@pytest.mark.parametrize("page", PAGES)
def test_one_population_is_not_offered_as_a_choice(open_page: Open, page: str) -> None:
    app = open_page(page)
    assert "Population" not in {box.label for box in app.selectbox}
    assert "never added up" not in words(app)


def test_several_populations_are_shown_one_at_a_time_and_links_keep_the_choice(open_page: Open) -> None:
    first, second = open_page("overview", "two"), open_page("overview", "two", source="p2")
    assert first.selectbox[0].options == ["plan · input layer", "clinic · FHIR R4"]
    assert "41,200" in words(first)
    assert "20,600" in words(second)
    assert "61,800" not in words(first) + words(second)
    assert "Sources that aren't linked are never added up" in words(second).replace("&#x27;", "'")
    assert words(second).count("Not computable") == 4
    links = re.findall(r'href="(/[^"]*)"', words(second))
    assert len(links) > 4
    assert all("source=p2" in href for href in links)


def test_how_people_are_attributed_is_said(open_page: Open) -> None:
    first = words(open_page("care_gaps", "two")).replace("&#x27;", "'")
    second = words(open_page("care_gaps", "two", source="p2")).replace("&#x27;", "'")
    assert "by the payer's list, else by most primary-care visits in 24 months; the others have no org" in first
    assert "by most visits of any specialty in 24 months; the others have no organisation." in second
    assert "These sources don't say who gives primary care." in second
    assert "These sources don't say" not in first


def test_a_hidden_population_of_a_measure_is_said(open_page: Open, warehouses: dict[str, Path], tmp_path: Path) -> None:
    hidden = tmp_path / "hidden.duckdb"
    shutil.copy(warehouses["full"], hidden)
    con = duckdb.connect(str(hidden))
    con.execute(
        "update cubes.measure set initial_population = null, exclusion = null, exception = null, is_suppressed = true,"
        " suppressed_columns = ['initial_population', 'exclusion', 'exception'] where dimension = 'all'"
    )
    con.close()
    warehouses["hidden"] = hidden
    app = open_page("care_gaps", "hidden")
    assert not app.exception
    assert "A hidden number of people of this measure had a qualifying visit" in words(app)


@pytest.mark.parametrize("page", PAGES)
def test_an_unknown_population_is_the_first(open_page: Open, page: str) -> None:
    app = open_page(page, "two", source="<b>")
    assert next(box for box in app.selectbox if box.label == "Population").value == "p1"
    assert "<b>" not in words(app)


def test_an_unknown_value_in_the_url_means_the_default(open_page: Open) -> None:
    app = open_page("care_gaps", measure="<script>", year="1066")
    assert app.selectbox[0].value == "CMS122.1"
    assert app.selectbox[1].value == 2025
    assert "<script>" not in words(app)


def test_a_choice_goes_into_the_url_and_the_default_out_of_it(open_page: Open) -> None:
    app = open_page("overview")
    app.selectbox[0].set_value(2024).run()
    assert app.query_params["year"] in ("2024", ["2024"])
    app.selectbox[0].set_value(2025).run()
    assert "year" not in app.query_params


def test_the_planted_gap_is_found(open_page: Open) -> None:
    said = words(open_page("overview"))
    assert re.search(r"Largest gap between groups: [^<]*, Spanish [−+]1[34]\.\d points from English", said)


def test_no_enrolment_is_said_and_never_zero(open_page: Open) -> None:
    said = words(open_page("overview", "no_enrolment"))
    assert said.count("Not computable") == 4
    assert "no dated coverage" in said
    assert "$0" not in said
    assert "0 per 1,000" not in said


def test_hidden_areas_are_words_and_in_the_legend(open_page: Open) -> None:
    said = words(open_page("equity_map", show="CMS122.1"))
    assert "Suppressed</span>" in said
    assert re.search(r"cp-hatch.*?Suppressed: [1-9]\d* area", said, re.DOTALL)


def test_search_and_sort_of_the_map_s_table(open_page: Open) -> None:
    found = words(open_page("equity_map", find="grafton"))
    assert "Grafton, NH</th>" in found
    assert "Addison, VT</th>" not in found
    none = words(open_page("equity_map", find="<b>nowhere"))
    assert "No area has that name" in none
    assert "<b>nowhere" not in none


def test_safe_harbor_says_why_no_county(open_page: Open) -> None:
    said = words(open_page("equity_map", "safe_harbor"))
    assert "the policy keeps no county" in said
    assert "approximate" in said


def test_the_drawer_is_in_the_url(open_page: Open) -> None:
    app = open_page("overview", about="pmpm_usd")
    assert "queries/panels/overview/tiles.sql" in words(app)
    assert any("from cubes.use" in block.value for block in app.code)


def test_a_missing_warehouse_is_said_without_a_path_of_another_kind(
    open_page: Open, warehouses: dict[str, Path], tmp_path: Path
) -> None:
    warehouses["gone"] = tmp_path / "gone.duckdb"
    app = open_page("overview", "gone")
    assert not app.exception
    assert "This page can&#39;t be shown" in words(app) or "This page can't be shown" in words(app)


def test_an_edited_panel_shows_on_the_next_run(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "queries", tmp_path / "queries")
    monkeypatch.setenv("CAREPARITY_QUERIES", str(tmp_path / "queries"))
    app = open_page("overview")
    assert "41,200" in words(app)
    panel = tmp_path / "queries/panels/overview/tiles.sql"
    panel.write_text(panel.read_text().replace("plan_year.people,", "plan_year.people * 2 as people,", 1))
    assert "82,400" in words(app.run())


def test_a_new_version_behind_the_pointer_shows_on_the_next_run(
    warehouses: dict[str, Path], open_page: Open, tmp_path: Path
) -> None:
    pointer = tmp_path / "warehouse"
    pointer.symlink_to(warehouses["full"])
    warehouses["pointer"] = pointer
    app = open_page("about", "pointer")
    assert "Expert determination policy" in words(app)
    fresh = tmp_path / "warehouse.new"
    fresh.symlink_to(warehouses["safe_harbor"])
    fresh.replace(pointer)
    assert "Safe Harbor policy" in words(app.run())


def test_starter_and_missing_value_sets_are_said(open_page: Open) -> None:
    said = words(open_page("care_gaps"))
    assert "1 of 3 imported; 1 only starter lists, written by hand from open code systems" in said
    assert "1 without any code: Hospice" in said
