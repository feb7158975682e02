"""A person at the browser: every page, Back, a shared link, a download, keyboard, screen reader, phone."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import settle
from playwright.sync_api import Page, expect

from dashboard.pages import listed

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Visit = Callable[..., Page]
PAGES = dict(listed())
PATHS = ["/" if position == 0 else f"/{name}" for position, name in enumerate(PAGES)]
DRAWER = "/?about=pmpm_usd"


def controls(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def choose(page: Page, label: str, option: str | re.Pattern[str]) -> None:
    page.get_by_role("combobox", name=re.compile(f"{label}$")).click()
    page.get_by_role("option", name=option).first.click()
    settle(page)


def test_a_link_to_a_page_works_before_any_other_visit(visit: Visit) -> None:
    """Must stay first: Streamlit treats the first link of a process differently (see dashboard/server.py)."""
    page = visit("/care_gaps")
    expect(page.locator("h1.cp-question")).to_have_text(PAGES["care_gaps"].question)


def test_every_page_is_reached_from_the_navigation(visit: Visit) -> None:
    page = visit("/")
    for entry in PAGES.values():
        page.get_by_role("link", name=entry.title, exact=True).first.click()
        expect(page.locator("h1.cp-question")).to_have_text(entry.question, timeout=20_000)
        settle(page)


@pytest.mark.parametrize("path", PATHS)
def test_no_page_needs_sideways_scrolling_on_a_phone(visit: Visit, path: str) -> None:
    page = visit(path, width=390)
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("e => e.scrollWidth <= e.clientWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", [*PATHS, DRAWER])
def test_axe_finds_nothing(visit: Visit, path: str, width: int, scheme: str) -> None:
    page = visit(path, width=width, scheme=scheme)
    page.wait_for_timeout(700)  # charts fade in; half-faded text has too little contrast
    found = Axe().run(page).response["violations"]
    assert not [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in found]


def test_back_undoes_a_choice(visit: Visit) -> None:
    page = visit("/care_gaps")
    before = page.get_by_role("combobox", name=re.compile("Groups by$")).input_value()
    choose(page, "Groups by", "Sex")
    assert controls(page)["by"] == ["sex"]
    page.go_back()
    expect(page.get_by_role("combobox", name=re.compile("Groups by$"))).to_have_value(before, timeout=20_000)
    settle(page)
    assert "by" not in controls(page)


def test_a_link_gives_the_same_view(visit: Visit) -> None:
    page = visit("/equity_map")
    choose(page, "Show", "ED visits")
    choose(page, "County", re.compile(r", [A-Z]{2}$"))
    other = visit(urlsplit(page.url)._replace(scheme="", netloc="").geturl())
    for label in ("Show", "Period", "County"):
        box = re.compile(f"{label}$")
        assert (
            page.get_by_role("combobox", name=box).input_value()
            == other.get_by_role("combobox", name=box).input_value()
        )
    headings = [p.locator("h2.cp-section").all_inner_texts() for p in (page, other)]
    assert headings[0] == headings[1]


def test_the_pinned_link_names_every_control(visit: Visit) -> None:
    page = visit("/care_gaps")
    link = page.get_by_role("link", name="Link to exactly this view")
    assert {"measure", "year", "by"} <= set(parse_qs(urlsplit(link.get_attribute("href") or "").query))


def test_a_headline_leads_to_the_view_it_comes_from(visit: Visit) -> None:
    page = visit("/")
    page.get_by_role("link", name=re.compile("^Largest gap between groups")).click()
    expect(page.locator("h1.cp-question")).to_have_text(PAGES["care_gaps"].question, timeout=20_000)
    assert {"measure", "by", "year"} <= set(controls(page))


def test_the_map_is_drawn_and_a_click_chooses_an_area(visit: Visit) -> None:
    page = visit("/equity_map")
    areas = page.locator("[data-testid=stVegaLiteChart]").first.locator("svg g.role-mark path")
    expect(areas.nth(20)).to_be_attached(timeout=20_000)
    for place in range(0, min(areas.count(), 200), 9):
        box = areas.nth(place).bounding_box()
        if box and box["width"] > 8:
            page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            settle(page)
            if "area" in controls(page):
                break
    chosen = page.get_by_role("combobox", name=re.compile("County$")).input_value()
    assert re.search(r", [A-Z]{2}$", chosen)
    expect(page.locator("h2.cp-section", has_text=chosen).first).to_be_visible()


def test_an_area_is_chosen_by_keyboard_alone(visit: Visit) -> None:
    page = visit("/equity_map")
    page.get_by_role("combobox", name=re.compile("County$")).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    settle(page)
    assert "area" in controls(page)


def test_a_download_explains_itself(visit: Visit, tmp_path: Path) -> None:
    page = visit("/equity_map")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download CSV").click()
    waiting.value.save_as(tmp_path / "file.csv")
    head, _, body = (tmp_path / "file.csv").read_text(encoding="utf-8-sig").partition("\n\n")
    said = {row[0] for row in csv.reader(io.StringIO(head))}
    assert {"# policy", "# filters", "# refreshed", "# definition", "# sha256 of the table"} <= said
    assert len(list(csv.DictReader(io.StringIO(body)))) > 5


def test_the_drawer_opens_and_back_closes_it(visit: Visit) -> None:
    page = visit("/")
    page.get_by_role("button", name="Definition").first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("queries/panels/overview/tiles.sql", timeout=20_000)
    page.go_back()
    expect(drawer).to_have_count(0, timeout=20_000)


def test_reset_goes_back_to_the_defaults(visit: Visit) -> None:
    page = visit("/care_gaps?by=sex")
    page.get_by_role("button", name="Reset").click()
    settle(page)
    assert not controls(page)
