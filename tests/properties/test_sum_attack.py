"""The attacker of money: who knows every shown cell, every total, and what they cost themselves.

From these and from amounts not being negative follows a highest possible amount of anyone else, and of any group too
small to show. It must be too high by at least P_PERCENT of the truth: then nobody learns what somebody cost.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from dashboard.privacy.cells import P_PERCENT
from dashboard.privacy.lattice import Roles, suppress
from dashboard.warehouse import catalog

T = 11
QUERIES = Path(__file__).parents[2] / "queries"
NEAR = 1e-6
ONE_WAY = Roles.from_header(
    {"dimensions": "dimension, group", "filters": "dimension", "counts": "people", "sums": "usd by people",
     "contributions": "usd in of"}
)  # fmt: skip
BY_MONTH = Roles.from_header(
    {"dimensions": "group", "overlaps": "group", "counts": "people", "sums": "usd by people",
     "contributions": "usd in of"}
)  # fmt: skip
BY_MONTH_AND_KIND = Roles.from_header(
    {"dimensions": "month, kind", "overlaps": "month, kind", "hidden_by": "kind", "counts": "people",
     "sums": "usd by people", "contributions": "usd in of"}
)  # fmt: skip


def amounts(rng: np.random.Generator, size: int) -> np.ndarray:
    """What people cost: skewed as costs are, with many who cost nothing."""
    return np.round(rng.lognormal(6, rng.choice([0.5, 2.0, 3.0]), size) * (rng.random(size) < rng.choice([0.3, 1])), 2)


def cell(of: np.ndarray) -> tuple[int, float, list[float]]:
    """People, their amounts added up, and what the largest contribute; `of`: one amount a person."""
    largest = sorted(np.abs(of), reverse=True)[:2]
    return len(of), float(of.sum()), [float(np.abs(of).sum()), *map(float, largest)]


def table(groups: dict[str, np.ndarray]) -> pl.DataFrame:
    rows = [("x", name, *cell(of)) for name, of in groups.items() if len(of)]
    rows.append(("all", "all", *cell(np.concatenate(list(groups.values())))))
    return pl.DataFrame(rows, schema=["dimension", "group", "people", "usd", "of"], orient="row")


@pytest.mark.parametrize("seed", range(150))
def test_nobody_can_tell_what_another_cost_from_groups_and_their_total(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups = {f"g{i}": amounts(rng, int(rng.choice([3, 12, 20, 60]))) for i in range(rng.integers(2, 7))}
    shown = suppress(table(groups), ONE_WAY, threshold=T)
    total = shown.filter(pl.col("dimension") == "all")["usd"][0]
    seen = dict(shown.filter(pl.col("dimension") == "x").select("group", "usd").rows())
    for name, value in seen.items():
        if value is not None:
            first, second = sorted(groups[name], reverse=True)[:2]
            assert value - second >= (1 + P_PERCENT) * first - NEAR, f"{name} is shown and dominated"
    hidden = [name for name in groups if seen.get(name) is None]
    if total is None or not hidden or len(hidden) == len(groups):
        return  # nothing to subtract, or nothing to subtract from the total, which is safe by itself
    left = total - sum(value for value in seen.values() if value is not None)
    people = np.sort(np.concatenate([groups[name] for name in hidden]))[::-1]
    assert left - people[1] >= (1 + P_PERCENT) * people[0] - 0.02, "what is left is dominated"
    for name in hidden:
        if len(groups[name]) < T:
            own = max(groups[other].max() for other in hidden if other != name)
            assert left - own >= (1 + P_PERCENT) * groups[name].sum() - 0.02, f"{name} is nearly all that is left"


@pytest.mark.parametrize("seed", range(100))
def test_nobody_can_tell_what_another_cost_from_months_and_their_year(seed: int) -> None:
    """The same people are in many months, so what somebody knows of themselves adds up over the hidden ones."""
    rng = np.random.default_rng(seed)
    people = int(rng.choice([14, 30, 60]))
    is_there = rng.random((people, 6)) < rng.choice([0.02, 0.3, 0.9], 6)
    cost = np.where(is_there, amounts(rng, people * 6).reshape(people, 6), 0)
    rows = [(f"m{m}", *cell(cost[is_there[:, m], m])) for m in range(6) if is_there[:, m].any()]
    frame = pl.DataFrame(rows, schema=["group", "people", "usd", "of"], orient="row")
    shown = dict(suppress(frame, BY_MONTH, threshold=T).select("group", "usd").rows())
    hidden = [m for m in range(6) if shown.get(f"m{m}", 0) is None]
    for m in set(range(6)) - set(hidden):
        first, second = sorted(cost[:, m], reverse=True)[:2]
        assert cost[:, m].sum() - second >= (1 + P_PERCENT) * first - 0.02
    if not hidden or len(hidden) == len(rows):
        return
    of_person = np.sort(cost[:, hidden].sum(axis=1))[::-1]
    assert of_person.sum() - of_person[1] >= (1 + P_PERCENT) * of_person[0] - 0.02
    assert is_there[:, hidden].any(axis=1).sum() >= T, "what is left is the cost of few people"


@pytest.mark.parametrize("seed", range(60))
def test_no_month_of_a_kind_of_care_can_be_told_from_both_of_its_totals(seed: int) -> None:
    """With the total of each month, and of each kind in the year, known: bounds of a two-way table."""
    rng = np.random.default_rng(seed)
    people, months, kinds = int(rng.choice([40, 200])), 6, 6
    often = rng.dirichlet(np.full(kinds, 0.6)) * rng.choice([1.0, 3.0])
    is_there = rng.random((people, months, kinds)) < np.minimum(often, 0.9)
    cost = np.where(is_there, amounts(rng, is_there.size).reshape(is_there.shape) + 0.01, 0)
    rows = [
        (f"m{m}", f"k{k}", *cell(cost[is_there[:, m, k], m, k]))
        for m, k in product(range(months), range(kinds))
        if is_there[:, m, k].any()
    ]
    frame = pl.DataFrame(rows, schema=["month", "kind", "people", "usd", "of"], orient="row")
    shown = suppress(frame, BY_MONTH_AND_KIND, threshold=T)
    by_kind = shown.group_by("kind").agg(pl.col("usd").is_null().n_unique().alias("ways"))
    assert (by_kind["ways"] == 1).all(), "a kind is hidden in some months only"
    hidden = sorted(int(k[1:]) for k in shown.filter(pl.col("usd").is_null())["kind"].unique())
    if not hidden or len(hidden) == shown["kind"].n_unique():
        return
    sums = cost.sum(axis=0)[:, hidden]
    year = {k: len(np.flatnonzero(is_there[:, :, k].any(axis=1))) for k in hidden}
    for (m, _), place in product(enumerate(sums), range(len(hidden))):
        value, count = sums[m, place], is_there[:, m, hidden[place]].sum()
        if 0 < count < T:
            of_kind = sums[:, place].sum() if year[hidden[place]] >= T else np.inf
            high = min(sums[m].sum(), of_kind)
            low = max(0.0, sums[m].sum() + of_kind - sums.sum()) if of_kind < np.inf else 0.0
            assert high - low >= P_PERCENT * value - 0.02
            assert sums[m].sum() >= (1 + P_PERCENT) * value - 0.02


def test_money_taken_back_hides_nobody() -> None:
    """One large amount beside another taken back nets to little; the largest is still too large a part."""
    groups = {"a": np.array([9000.0, -8900.0, *[1.0] * 18]), "b": np.full(30, 500.0), "c": np.full(40, 500.0)}
    shown = dict(suppress(table(groups), ONE_WAY, threshold=T).select("group", "usd").rows())
    assert shown["a"] is None
    assert shown["b"] is None
    assert shown["c"] == 20_000


def test_months_of_a_kind_of_care_do_not_add_up_to_what_its_year_hides() -> None:
    """Six people have dialysis. The year hides visits with it, the kind with fewest people; by months lab has fewest.

    The months of visits would add up to their year, and the plan's total would tell what dialysis cost.
    """
    year, months = (
        Roles.from_header(catalog.read_file(QUERIES / f"cubes/{name}.sql", QUERIES).header)
        for name in ("cost_category", "cost_category_month")
    )

    def cube(counts: dict[str, tuple[int, float]], **more: object) -> pl.DataFrame:
        rows = [
            {"population": "p1", "year": 2025, "claim_kind": "medical", "service_category": kind, "people": 400, **more}
            | {"people_with_cost": n, "allowed_usd": usd, "paid_usd": usd}
            | {f"{s}_contribution_usd": [usd, usd / n, usd / n, 0.0, float(n)] for s in ("allowed", "paid", "owed")}
            for kind, (n, usd) in counts.items()
        ]
        return pl.DataFrame(rows)

    of_year = cube({"dialysis": (6, 300_000.0), "visits": (60, 300_000.0), "lab": (100, 400_000.0)})
    monthly = {"dialysis": (6, 150_000.0), "visits": (60, 150_000.0), "lab": (50, 200_000.0)}
    of_month = pl.concat(cube(monthly, month_start=month) for month in (1, 2)).drop("people")
    shown = suppress(of_year, year, threshold=T)
    shown_months = suppress(of_month, months, threshold=T, within=(of_year, shown))
    hidden = set(shown.filter(pl.col("allowed_usd").is_null())["service_category"])
    assert hidden == {"dialysis", "visits"}
    assert hidden <= set(shown_months.filter(pl.col("allowed_usd").is_null())["service_category"])
