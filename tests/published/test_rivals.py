"""pandas and Polars, asked the bench's question by the same rules, give the same answer to the cent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from dashboard.warehouse import bench, rivals


@pytest.mark.parametrize("ask", [rivals.pmpm_polars, rivals.pmpm_pandas])
def test_a_rival_s_answer_is_ours(
    ask: Callable[[Path, int], pl.DataFrame], small_demo: Path, small_warehouse: Path
) -> None:
    ours = bench.pmpm(small_warehouse)
    assert ours.height == 36 and ours["allowed_cents"].min() > 0  # type: ignore[operator]
    assert ask(small_demo, bench.years_of(small_warehouse)[0]).cast(pl.Int64).equals(ours)
