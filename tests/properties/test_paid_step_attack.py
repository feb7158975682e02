"""The attacker of payments: what was delivered less what was counted and the steps shown is what the others come to.

What was counted is known whatever this table shows, for cubes.use shows it. Steps share people.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from dashboard.privacy.cells import P_PERCENT
from dashboard.privacy.lattice import Roles, suppress
from dashboard.warehouse import catalog

T = 11
QUERIES = Path(__file__).parents[2] / "queries"
ROLES = Roles.from_header(catalog.read_file(QUERIES / "cubes/paid_step.sql", QUERIES).header)
KEY = {"population": "p1", "source": "s1", "year": 2025, "claim_kind": "medical"}


def table(steps: dict[str, np.ndarray]) -> pl.DataFrame:
    """The exact cube of what each person has in each step; who has nothing there isn't in it."""
    delivered = np.sum(list(steps.values()), axis=0)
    rows = []
    for step, of in {"delivered": delivered, **steps}.items():
        paid = np.sort(of[of > 0])[::-1]
        ends = [float(paid[i]) if len(paid) > i else 0.0 for i in (0, 1)]
        of_people = [float(paid.sum()), *ends, 0.0, float(np.count_nonzero(paid))]
        rows.append(
            (*KEY.values(), "counted" if step == "counted" else "step", step, len(paid), float(of.sum()), of_people)
        )
    names = [*KEY, "level", "step", "people", "paid_usd", "paid_contribution_usd"]
    return pl.DataFrame(rows, schema=names, orient="row").filter(pl.col("people") > 0)


def left(steps: dict[str, np.ndarray]) -> np.ndarray | None:
    """What people have in the hidden steps together, if the attacker can add it up."""
    shown = dict(suppress(table(steps), ROLES, threshold=T).select("step", "paid_usd").rows())
    hidden = [step for step in shown if step not in {"delivered", "counted"} and shown[step] is None]
    if shown.get("delivered") is None or not hidden:
        return None
    return np.sum([steps[step] for step in hidden], axis=0)


def test_a_step_of_few_people_is_not_had_from_one_that_comes_to_nothing() -> None:
    """Two people outside enrolment beside forty denied lines that nobody paid for."""
    people = 100
    steps = {"denied": np.zeros(people), "unenrolled": np.zeros(people), "counted": np.full(people, 50.0)}
    steps["unenrolled"][:2] = 700.0
    frame = table(steps).with_columns(
        people=pl.col("step").replace_strict({"denied": 40, "unenrolled": 2}, default=people)
    )
    shown = dict(suppress(frame, ROLES, threshold=T).select("step", "paid_usd").rows())
    assert shown["unenrolled"] is None
    assert shown["delivered"] is None
    assert shown["counted"] == 5000


@pytest.mark.parametrize("seed", range(150))
def test_what_is_left_is_of_enough_people_and_not_of_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    people = int(rng.choice([20, 60, 300]))
    steps = {"counted": rng.lognormal(6, 1, people)}
    for step in ("cancelled", "denied", "unenrolled"):
        is_there = rng.random(people) < rng.choice([0.0, 0.02, 0.1, 0.6])
        amount = rng.lognormal(6, rng.choice([0.5, 3.0]), people) * rng.choice([0.0, 1.0, 1.0])
        steps[step] = np.where(is_there, amount, 0.0)
    of = left(steps)
    if of is not None:
        ordered = np.sort(of)[::-1]
        assert np.count_nonzero(ordered) >= T
        assert ordered.sum() - ordered[1] >= (1 + P_PERCENT) * ordered[0] - 0.02
