"""What is planted in the synthetic population comes out of the published tables."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from dashboard.privacy import panel


def rate(warehouse: Path, measure: str, dimension: str, group: str) -> float:
    """The rate of a group over all years, from released counts."""
    released = panel(warehouse, "care_gaps/groups", {"measure_id": measure, "dimension": dimension})
    of_group = released.frame.filter((pl.col("group_value") == group) & pl.col("numerator").is_not_null())
    assert of_group.height, f"{measure} shows nothing for {dimension} {group}"
    return float(of_group["numerator"].sum() / of_group["denominator"].sum())


@pytest.mark.parametrize(
    ("measure", "dimension", "worse", "better"),
    [
        ("CMS125", "deprivation", "5", "1"),
        ("CMS122", "deprivation", "5", "1"),
        ("CMS122", "race", "Black or African American", "White"),
    ],
)
def test_a_planted_inequity_is_seen(
    small_warehouse: Path, measure: str, dimension: str, worse: str, better: str
) -> None:
    gap = rate(small_warehouse, measure, dimension, worse) - rate(small_warehouse, measure, dimension, better)
    assert gap > 0.03 if measure == "CMS122" else gap < -0.03


def test_the_product_finds_the_readmissions_that_were_planted(small_warehouse: Path) -> None:
    """Groups are too small to be shown for 6,000 people; their sizes are looked for in the claims of more people."""
    whole = panel(small_warehouse, "cost_and_use/readmissions", {"dimension": "all"}).frame
    assert 0.10 < whole["readmissions"].sum() / whole["index_stays"].sum() < 0.16
