"""`careparity new`: every template passes the checks as it stands, and a new page doesn't break the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.components.frame import Page
from dashboard.errors import UsageError
from dashboard.warehouse import templates
from dashboard.warehouse.check import check_queries


@pytest.mark.parametrize(("kind", "name"), [("measure", "eye_exam"), ("panel", "overview/eyes"), ("check", "odd_eye")])
def test_a_new_query_passes_its_checks(queries: Path, kind: str, name: str) -> None:
    written = templates.write_template(kind, name)
    assert {path.suffix for path in written} == {".sql", ".md"}
    found, summary = check_queries(written[:1])
    assert found == []
    assert summary.startswith("1 files, 1 cases")
    with pytest.raises(UsageError, match="exists already"):
        templates.write_template(kind, name)


def test_a_new_page_is_what_the_navigation_lists() -> None:
    scope: dict[str, object] = {}
    exec(templates._PAGE.format(title="Eyes", name="eyes"), scope)
    page = scope["PAGE"]
    assert isinstance(page, Page)
    assert page.title == "Eyes"


@pytest.mark.parametrize(("kind", "name"), [("model", "x"), ("measure", "Eye exam"), ("measure", "../x")])
def test_what_cannot_be_made_is_refused(queries: Path, kind: str, name: str) -> None:
    with pytest.raises(UsageError):
        templates.write_template(kind, name)
