"""Cost and use: what the page says of cost, of what moves it, and of what it can't say."""

from __future__ import annotations

import re
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]
PAGE = "cost_and_use"


def words(app: AppTest) -> str:
    """Everything the page wrote by itself."""
    return "\n".join(str(element.value) for element in [*app.get("html"), *app.markdown])


def table_rows(said: str, caption: str) -> list[list[str]]:
    """The cells of the table with this caption, as text."""
    found = re.search(rf"<caption>{re.escape(caption)}</caption>.*?<tbody>(.*?)</tbody>", said, re.DOTALL)
    assert found, f"no table {caption}"
    rows = re.findall(r"<tr.*?</tr>", found[1], re.DOTALL)
    return [[re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]


def test_the_capped_figure_stands_beside_the_uncapped_one(open_page: Open) -> None:
    said = words(open_page(PAGE))
    assert "$480 <small>PMPM" in said  # 400 medical and 80 pharmacy over 11 months each
    assert "$460 with each person capped at $250,000 a year (451 people above it)" in said


def test_paid_amounts_replace_allowed_ones(open_page: Open) -> None:
    said = words(open_page(PAGE, basis="paid"))
    assert "Paid per member per month" in said
    assert "$432 <small>PMPM" in said


def test_months_still_arriving_are_named(open_page: Open) -> None:
    said = words(open_page(PAGE))
    assert "2 months of 2025 had under three months for claims to arrive" in said
    rows = table_rows(said, "Allowed per member per month by month")
    assert rows[-1][0] == "December 2025"
    assert [row[-1] for row in rows[-4:]] == ["complete", "complete", "still arriving", "still arriving"]


def test_a_policy_without_months_shows_years(open_page: Open) -> None:
    said = words(open_page(PAGE, "safe_harbor"))
    assert "this policy publishes no months" in said
    rows = table_rows(said, "Allowed per member per month by year")
    assert [row[0] for row in rows] == ["2023", "2024", "2025"]


def test_the_drivers_lead_from_one_year_to_the_next(open_page: Open) -> None:
    said = words(open_page(PAGE, year="2024"))
    rows = table_rows(said, "What moved allowed per member per month, 2023 to 2024")
    assert [rows[0][0], rows[-1][0]] == ["2023", "2024"]
    assert rows[1] == ["Office visits", "", "+$4.50"], "5% of $90"


def test_few_people_with_dialysis_are_a_word_and_can_t_be_subtracted(open_page: Open) -> None:
    rows = {row[0]: row for row in table_rows(words(open_page(PAGE)), "Cost by service category, 2025")}
    hidden = {name for name, row in rows.items() if row[1] == "Suppressed"}
    assert "Dialysis" in hidden
    assert len(hidden) > 1, "a lone hidden category is the total less the others"


def test_the_spread_of_cost_is_a_sentence(open_page: Open) -> None:
    said = words(open_page(PAGE))
    assert "The costliest 1% of people account for 20.0% of allowed amounts" in said


def test_readmissions_say_that_they_are_not_adjusted(open_page: Open) -> None:
    said = words(open_page(PAGE))
    assert re.search(r"30-day readmissions: \d+\.\d%", said)
    assert "Not risk-adjusted" in said


def test_without_enrolment_no_cost_is_shown_and_the_reason_is(open_page: Open) -> None:
    said = words(open_page(PAGE, "no_enrolment"))
    assert "What care costs in all is not computable from this source" in said
    assert "no dated coverage" in said
    assert "$0" not in said
    assert "PMPM</small>" not in said


def test_groups_are_compared_and_named(open_page: Open) -> None:
    said = words(open_page(PAGE, by="organization"))
    assert "By organisation: highest for" in said
    names = [row[0] for row in table_rows(said, "Cost and use by organisation, 2025")]
    assert "Granite Family Health" in names
