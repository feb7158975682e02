"""Pages under a policy with a record: its terms stand on every one, and none is shown after its last day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from published_warehouse import AGREEMENT
from streamlit.testing.v1 import AppTest

from dashboard.pages import listed
from dashboard.privacy import record as records

PAGES = [name for name, _ in listed()]
Open = Callable[..., AppTest]


def words(app: AppTest) -> str:
    return " ".join(element.body for element in app.get("html"))


@pytest.mark.parametrize("page", PAGES)
def test_the_terms_stand_on_every_page(page: str, open_page: Open) -> None:
    app = open_page(page, kind="limited_dataset")
    assert not app.exception
    said = words(app)
    assert "Limited data set: still PHI, under the data use agreement of 15 January 2026" in said
    assert "recipients: Fictional County Health Department; expires 14 January 2999." in said
    assert "Withheld: HIV. Every figure lacks this care" in said
    assert "real people, still PHI" in said
    assert "de-identified" not in said.partition("</h1>")[0]


@pytest.mark.parametrize("page", PAGES)
def test_no_terms_stand_where_there_is_no_record(page: str, open_page: Open) -> None:
    assert "cp-terms" not in words(open_page(page, kind="safe_harbor"))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_refuses_after_the_last_day_and_says_what_to_do(
    page: str, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "still PHI" in words(open_page(page, kind="limited_dataset"))  # kept by the cache while it was in force
    monkeypatch.setattr(records, "today", lambda: date(2999, 1, 15))
    said = words(open_page(page, kind="limited_dataset"))
    assert "expired on 14 January 2999" in said
    assert "build again with the new record (--policy-record FILE)" in said
    assert "cp-question" not in said
    assert "safe and unchanged" not in said


def test_about_shows_the_record(open_page: Open) -> None:
    said = words(open_page("about", kind="limited_dataset"))
    for part in (AGREEMENT.covered_entity, AGREEMENT.document, AGREEMENT.purpose, "public health", "45 CFR 164.514(e)"):
        assert part in said
    assert "15 January 2026 to 14 January 2999" in said
